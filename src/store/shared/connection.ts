/**
 * The base of every role of the store. Shared logic runs the statements of a catalogue (`sql`) with the given `db`:
 * outside a transaction the connection's, inside one the transaction's.
 */
import type { Clock } from "../../core/clock.js";
import type { NewJob } from "../contract/store.js";
import type { Runner } from "./statements/prepared.js";
import type { Statements } from "./statements/statements.js";

export interface Reading {
  readonly db: Runner;
  readonly sql: Statements;
}

/** Inside a transaction. */
export interface Writing extends Reading {
  /** Milliseconds since the epoch, read after the transaction had the write lock. */
  readonly now: number;
}

export interface Connection extends Reading {
  readonly clock: Clock;
  /**
   * Runs `work` in a transaction that has the write lock. When it has resolved, the change is on disk. If it throws,
   * nothing was written. A database may give a transaction up and run `work` again, so `work` changes nothing outside
   * of it.
   */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /**
   * As {@link write}, without waiting for the disk. Other processes see the change at once, and only a power cut can
   * lose it. For signs of life, which a power cut makes worthless anyway.
   */
  writeUnsynced<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /** A new, empty staging area for the jobs of one call. */
  staging(): Staging;
}

/** Jobs of a call that is too large for memory, kept while no lock is held. */
export interface Staging {
  readonly isEmpty: boolean;
  add(jobs: readonly NewJob[]): Promise<void>;
  /** In the order in which they were added. Read inside the transaction that inserts them. */
  chunks(writing: Writing): AsyncIterable<Chunk>;
  /** Which of these names are ids of the jobs. */
  idsAmong(names: readonly string[]): Promise<ReadonlySet<string>>;
  discard(): Promise<void>;
}

/** As many new jobs as one statement inserts. */
export interface Chunk {
  /** In the form of the catalogue's statements; no other code looks into it. */
  readonly jobs: unknown;
  readonly count: number;
  /** Whether one of them has a unique key. */
  readonly isKeyed: boolean;
}

/** A part of a transaction: if `work` throws, its changes are undone, and the transaction can go on. */
export async function nested<T>({ db, sql }: Writing, work: () => Promise<T>): Promise<T> {
  const { begin, undo, end } = sql.parts;
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
