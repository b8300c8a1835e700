/**
 * Brings a database up to this program's schema, all or nothing: one transaction around Kysely's migrator, so that of two
 * processes that open a new database at once the second waits and then finds the work done.
 */
import { type Kysely, type Migration, Migrator, sql } from "kysely";
import { APPLICATION_ID } from "../schema.js";
import * as initial from "./0001-initial.js";
import * as counts from "./0002-counts.js";
import * as workerQueues from "./0003-worker-queues.js";
import * as backChannel from "./0004-back-channel.js";
import * as conditions from "./0005-conditions.js";
import * as schedules from "./0006-schedules.js";
import * as hooks from "./0008-hooks.js";
import * as parking from "./0009-parking.js";
import * as deliveries from "./0010-deliveries.js";

/** In the order of their names. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-initial": initial,
  "0002-counts": counts,
  "0003-worker-queues": workerQueues,
  "0004-back-channel": backChannel,
  "0005-conditions": conditions,
  "0006-schedules": schedules,
  "0008-hooks": hooks,
  "0009-parking": parking,
  "0010-deliveries": deliveries,
};

/** The schema's version is their number. `migrations` are other than all only where an older version is wanted. */
export async function migrate<T>(db: Kysely<T>, migrations = MIGRATIONS): Promise<void> {
  // The migrator wants a connection and not a transaction, so the transaction is begun by hand.
  await db.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection);
    try {
      const migrator = new Migrator({
        db: connection,
        provider: { getMigrations: async () => ({ ...migrations }) },
        migrationTableName: "migrations",
        migrationLockTableName: "migrations_lock",
      });
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
      await sql.raw(`pragma application_id = ${APPLICATION_ID}`).execute(connection);
      await sql.raw(`pragma user_version = ${Object.keys(migrations).length}`).execute(connection);
      await sql`commit`.execute(connection);
    } catch (error) {
      await sql`rollback`.execute(connection);
      throw error;
    }
  });
}
