/** The schema of a queue's database, for a user who is to decide when it changes. */
import { checkHome, type Home, prepareHome } from "../home/home.js";
import { migrateDatabase, type SchemaChange } from "../store/migrate.js";

export type { SchemaChange } from "../store/migrate.js";

/**
 * Makes the queue in its database, or brings its schema up to date. Null: SQLite, where every command does that.
 * @param dryRun whether to say only what would be done
 * @throws QueuectlError if it cannot be done
 */
export async function migrateQueue(home: Home, dryRun: boolean): Promise<SchemaChange | null> {
  if (dryRun) checkHome(home);
  else prepareHome(home);
  return migrateDatabase({ database: home.database, home: home.dir, dryRun });
}
