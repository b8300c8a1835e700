/** The doctor's questions to a database of any kind. Each kind has facts of its own, told apart by `kind`. */
import { assertNever } from "../core/assert-never.js";
import type { DatabaseLocation } from "./location.js";
import type { PostgresFacts } from "./postgres/inspect.js";
import type { SqliteFacts, SqliteVersion } from "./sqlite/inspect.js";

export type { PostgresFacts } from "./postgres/inspect.js";
export type { SqliteFacts, SqliteVersion } from "./sqlite/inspect.js";

export type DatabaseFacts = SqliteFacts | PostgresFacts;

/**
 * Inspects a database, even one that {@link openStore} would refuse, and changes nothing. Null: there is none yet.
 * @param options `home`: its directory; `full`: whether to read all of a file, however large
 * @throws QueuectlError if it cannot be inspected
 */
export async function inspectDatabase(
  database: DatabaseLocation,
  { home, full }: { readonly home: string; readonly full: boolean },
): Promise<DatabaseFacts | null> {
  switch (database.kind) {
    case "sqlite": {
      const { inspectFile } = await import("./sqlite/inspect.js");
      return inspectFile(database.path, full);
    }
    case "postgres": {
      const { inspectServer } = await import("./postgres/inspect.js");
      return inspectServer(database, home);
    }
    default:
      return assertNever(database);
  }
}

/**
 * Version of the built-in SQLite, which the lock of a home needs with any database. @throws UnusableError if it does
 * not load
 */
export async function inspectSqlite(): Promise<SqliteVersion> {
  const sqlite = await import("./sqlite/inspect.js");
  return sqlite.inspectSqlite();
}
