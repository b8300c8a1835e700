/** From the `database` setting to a store. The backend is loaded only when it is asked for. */
import type { Clock } from "../core/clock.js";
import { UnusableError } from "../core/errors.js";
import type { Store } from "./store.js";

export interface OpenStoreOptions {
  /** The path of a SQLite file, or (in a later version) the URL of a PostgreSQL database. */
  readonly db: string;
  readonly home: string;
  readonly clock?: Clock;
  /** Make the database if there is none. Default true. */
  readonly create?: boolean;
  /** Only to look: nothing is made, written or upgraded. */
  readonly readOnly?: boolean;
  /** How long to wait in all for a database that somebody else has locked. */
  readonly busyTimeoutMs?: number;
}

export async function openStore({ db, ...options }: OpenStoreOptions): Promise<Store> {
  if (/^postgres(ql)?:\/\//.test(db)) {
    throw new UnusableError(
      "this version of queuectl keeps its jobs in SQLite only",
      "give the path of a file as the database",
    );
  }
  const { openSqliteStore } = await import("./sqlite/sqlite-store.js");
  return openSqliteStore({ path: db, ...options });
}
