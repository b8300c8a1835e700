/**
 * What every role of the store works on, and the ways to use it: `write` for all that changes something, `stage` for
 * temporary tables. A plain read needs neither.
 */
import { type Kysely, sql } from "kysely";
import type { Clock } from "../../core/clock.js";
import type { Schema } from "./schema.js";

export interface Connection {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
}

/** Inside a transaction: `db` is the transaction, `now` was read after it had the write lock. */
export interface Writing {
  readonly db: Kysely<Schema>;
  readonly now: number;
}

/** Runs `work` in a transaction that has the write lock; what it resolved for is on disk. */
export function write<T>({ db, clock }: Connection, work: (writing: Writing) => Promise<T>): Promise<T> {
  return db.transaction().execute((transaction) => work({ db: transaction, now: clock.now() }));
}

/**
 * As {@link write}, without waiting for the disk: other processes see it at once, and only a power cut can lose it. For what
 * such a cut makes worthless anyway: signs of life.
 */
export function writeUnsynced<T>({ db, clock }: Connection, work: (writing: Writing) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    await sql`pragma synchronous = normal`.execute(connection);
    try {
      return await write({ db: connection, clock }, work);
    } finally {
      await sql`pragma synchronous = full`.execute(connection);
    }
  });
}

/** Runs `work`, which writes to temporary tables only, in a transaction that locks nobody out. */
export function stage<T>({ db }: Connection, work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setAccessMode("read only")
    .execute((transaction) => work(transaction));
}
