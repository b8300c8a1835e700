/** From the database to a store. The backend is loaded only when it is asked for. */
import { assertNever } from "../core/assert-never.js";
import type { Clock } from "../core/clock.js";
import { UnusableError } from "../core/errors.js";
import type { Store } from "./contract/store.js";
import type { DatabaseLocation } from "./location.js";
import type { PostgresLocation } from "./postgres-location.js";

export interface OpenStoreOptions {
  readonly database: DatabaseLocation;
  /** What paths in the store are relative to. */
  readonly home: string;
  readonly clock?: Clock;
  /** Make the database if there is none. Default true. */
  readonly create?: boolean;
  /** Only to look: nothing is made, written or upgraded. */
  readonly readOnly?: boolean;
  /** How long to wait in all for a database that another process has locked, in milliseconds. Default 30,000. */
  readonly busyTimeoutMs?: number;
}

/** @throws UnusableError the database cannot be used @throws StoreUnreachableError it does not answer now */
export async function openStore({ database, ...options }: OpenStoreOptions): Promise<Store> {
  switch (database.kind) {
    case "sqlite": {
      const { openSqliteStore } = await import("./sqlite/store.js");
      return openSqliteStore({ path: database.path, ...options });
    }
    case "postgres":
      throw notSupported(database);
    default:
      return assertNever(database);
  }
}

export function notSupported({ shown }: PostgresLocation): UnusableError {
  return new UnusableError(
    `this version of queuectl keeps its jobs in SQLite only, and ${shown} is not that`,
    "give the path of a file, or file:///path/of/it",
  );
}
