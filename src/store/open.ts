/** From the database to a store. The backend is loaded only when it is asked for. */
import type { Clock } from "../core/clock.js";
import type { Store } from "./contract/store.js";

export interface OpenStoreOptions {
  /** The path of a SQLite file; see `core/database-file.ts`. */
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
  const { openSqliteStore } = await import("./sqlite/store.js");
  return openSqliteStore({ path: db, ...options });
}
