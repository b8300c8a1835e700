/**
 * Brings a database up to this program's schema, all or nothing. It is one transaction: if two processes open a new database
 * at once, the second waits and then finds the work done.
 *
 * To change the schema, add a list of statements at the end of MIGRATIONS and count SCHEMA_VERSION up by one. What is there
 * already has been released and never changes again.
 */
import { type Kysely, sql } from "kysely";
import { APPLICATION_ID, FIRST_SCHEMA_VERSION } from "../schema.js";
import { INITIAL } from "./0001-initial.js";
import { BEHAVIOUR } from "./behaviour.js";

/** The statements of each version, oldest first. */
export const MIGRATIONS: readonly (readonly string[])[] = [[...INITIAL, ...BEHAVIOUR]];

/** `migrations`: other than all only in tests. */
export async function migrate<T>(db: Kysely<T>, migrations = MIGRATIONS): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(transaction);
    const version = rows[0]?.user_version ?? 0;
    const done = Math.max(0, version - FIRST_SCHEMA_VERSION + 1);
    for (const statement of migrations.slice(done).flat()) await sql.raw(statement).execute(transaction);
    const newest = Math.max(version, FIRST_SCHEMA_VERSION + migrations.length - 1);
    await sql.raw(`pragma application_id = ${APPLICATION_ID}`).execute(transaction);
    await sql.raw(`pragma user_version = ${newest}`).execute(transaction);
  });
}
