/**
 * Brings a database up to this program's schema, all or nothing, in one transaction. If two processes open a new
 * database at once, the second one waits and then finds the work done.
 *
 * To change the schema, add a list of statements at the end of MIGRATIONS and raise SCHEMA_VERSION by one. Earlier
 * lists have been released and never change again.
 */
import { command, type SqliteConnection } from "../connection.js";
import { APPLICATION_ID, FIRST_SCHEMA_VERSION } from "../schema.js";
import { INITIAL } from "./0001-initial.js";

/** The statements of each version, oldest first. */
export const MIGRATIONS: readonly (readonly string[])[] = [INITIAL];

/** @param migrations only tests pass others */
export async function migrate(connection: SqliteConnection, migrations = MIGRATIONS): Promise<void> {
  await connection.write(function* () {
    const [row] = (yield command("pragma user_version")).rows as { user_version: number }[];
    const version = row?.user_version ?? 0;
    const done = Math.max(0, version - FIRST_SCHEMA_VERSION + 1);
    for (const statement of migrations.slice(done).flat()) yield command(statement);
    const newest = Math.max(version, FIRST_SCHEMA_VERSION + migrations.length - 1);
    yield command(`pragma application_id = ${APPLICATION_ID}`);
    yield command(`pragma user_version = ${newest}`);
  });
}
