/** Opens the store of a database. The backend is loaded on demand. */
import { existsSync } from "node:fs";
import { assertNever } from "../core/assert-never.js";
import type { Clock } from "../core/clock.js";
import type { Store } from "./contract/store.js";
import type { Hearing } from "./hearing.js";
import type { DatabaseLocation } from "./location.js";

export interface OpenStoreOptions {
  readonly database: DatabaseLocation;
  /** Base of the relative paths in the store. */
  readonly home: string;
  readonly clock?: Clock;
  /** Where a worker hears of writes. Without it, or where that costs nothing, the store listens by itself. */
  readonly hearing?: Hearing;
  /** Whether to make a missing database. Default true. */
  readonly create?: boolean;
  /** Whether to look only: nothing is made, written or upgraded. */
  readonly readOnly?: boolean;
  /** How long to wait in all for a locked database, in milliseconds. Default 30,000. */
  readonly busyTimeoutMs?: number;
  /** Called with the database's name when a call has begun to wait for a server that does not answer. */
  readonly onWaiting?: ((shown: string) => void) | undefined;
}

/** @throws UnusableError if the database cannot be used @throws StoreUnreachableError if it does not answer now */
export async function openStore({ database, ...options }: OpenStoreOptions): Promise<Store> {
  switch (database.kind) {
    case "sqlite": {
      const { openSqliteStore } = await import("./sqlite/store.js");
      return openSqliteStore({ path: database.path, ...options });
    }
    case "postgres": {
      const { openPostgresStore } = await import("./postgres/store.js");
      return openPostgresStore({ database, ...options });
    }
    default:
      return assertNever(database);
  }
}

/** A store without a file, which is gone when it is closed: an empty queue for a user who only looks. */
export async function openEmptyStore(options: Pick<OpenStoreOptions, "home" | "clock">): Promise<Store> {
  const { openSqliteStore, TEMPORARY } = await import("./sqlite/store.js");
  return openSqliteStore({ path: TEMPORARY, ...options });
}

/**
 * For a caller that is about to make a home: whether the server has a queue for us. Otherwise a command that is refused
 * would leave a home behind. A file needs no such look. @throws as {@link openStore}
 */
export async function checkBeforeHome({ dir, database }: { dir: string; database: DatabaseLocation }): Promise<void> {
  if (database.kind === "postgres" && !existsSync(dir)) await (await openStore({ database, home: dir })).close();
}
