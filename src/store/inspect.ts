/** What `doctor` asks about the database, whatever its kind. Each kind has facts of its own, told apart by `kind`. */
import { assertNever } from "../core/assert-never.js";
import type { DatabaseLocation } from "./location.js";
import { notSupported } from "./open.js";
import type { SqliteFacts, SqliteVersion } from "./sqlite/inspect.js";

export type { SqliteFacts, SqliteVersion } from "./sqlite/inspect.js";

export type DatabaseFacts = SqliteFacts;

/**
 * Looks at a database as it is, also at one that {@link openStore} would refuse, and changes nothing. Null: there is none yet.
 * @param full read all of it, however large
 * @throws QueuectlError it cannot be looked at
 */
export async function inspectDatabase(database: DatabaseLocation, full: boolean): Promise<DatabaseFacts | null> {
  switch (database.kind) {
    case "sqlite": {
      const { inspectFile } = await import("./sqlite/inspect.js");
      return inspectFile(database.path, full);
    }
    case "postgres":
      throw notSupported(database);
    default:
      return assertNever(database);
  }
}

/** Of the SQLite that is built in. The lock of a home needs it, whatever the database. @throws UnusableError it does not load */
export async function inspectSqlite(): Promise<SqliteVersion> {
  const sqlite = await import("./sqlite/inspect.js");
  return sqlite.inspectSqlite();
}
