/**
 * What every role of the store works on, and the ways to use it: `write` for all that changes something, `nested` for a part of that, `stage` for
 * temporary tables. A plain read needs neither.
 */
import { type Kysely, sql, type TransactionBuilder } from "kysely";
import type { Clock } from "../../core/clock.js";
import type { Schema } from "./schema.js";
import { type Runner, statement } from "./statement.js";

export interface Connection {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
}

/** Inside a transaction: `db` runs statements in it, `now` was read after it had the write lock. */
export interface Writing {
  readonly db: Runner;
  readonly now: number;
}

/** Runs `work` in a transaction that has the write lock; what it resolved for is on disk. */
export function write<T>({ db, clock }: Connection, work: (writing: Writing) => Promise<T>): Promise<T> {
  return inTransaction(db.transaction(), (bare) => work({ db: bare, now: clock.now() }));
}

/** A part of a transaction: if `work` throws, it leaves nothing behind, and the transaction can go on. */
export async function nested<T>({ db }: Writing, work: () => Promise<T>): Promise<T> {
  await begin.run(db, {});
  try {
    return await work();
  } catch (error) {
    await undo.run(db, {});
    throw error;
  } finally {
    await end.run(db, {});
  }
}

const begin = statement(() => sql`SAVEPOINT part`);
const undo = statement(() => sql`ROLLBACK TO SAVEPOINT part`);
const end = statement(() => sql`RELEASE SAVEPOINT part`);

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
export function stage<T>({ db }: Connection, work: (db: Runner) => Promise<T>): Promise<T> {
  return inTransaction(db.transaction().setAccessMode("read only"), work);
}

function inTransaction<T>(transaction: TransactionBuilder<Schema>, work: (db: Runner) => Promise<T>): Promise<T> {
  return transaction.execute((db) => db.getExecutor().provideConnection(work));
}
