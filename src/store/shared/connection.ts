/**
 * What every role of the store works on. Shared logic runs the statements of a catalogue (`sql`), each with the `db`
 * that it was given: outside of a transaction that of the connection, inside one that of the transaction.
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
   * Runs `work` in a transaction that has the write lock; what it resolved for is on disk. If it throws, nothing was
   * written. A database that gives up a transaction runs `work` again: it changes nothing outside of the transaction.
   */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /**
   * As {@link write}, without waiting for the disk: other processes see it at once, and only a power cut can lose it.
   * For what such a cut makes worthless anyway: signs of life.
   */
  writeUnsynced<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /** A place for the jobs of one call; empty. */
  staging(): Staging;
}

/** Jobs on their way in, too many to hold, while no lock is held. */
export interface Staging {
  readonly isEmpty: boolean;
  add(jobs: readonly NewJob[]): Promise<void>;
  /** In the order in which they were added; read inside the transaction that inserts them. */
  chunks(writing: Writing): AsyncIterable<Chunk>;
  /** Which of these names are ids of the jobs. */
  idsAmong(names: readonly string[]): Promise<ReadonlySet<string>>;
  discard(): Promise<void>;
}

/** As many new jobs as one statement inserts. */
export interface Chunk {
  /** In the form that the catalogue's statements take; nothing else looks into it. */
  readonly jobs: unknown;
  readonly count: number;
  /** Whether one of them has a unique key. */
  readonly isKeyed: boolean;
}

/** A part of a transaction: if `work` throws, it leaves nothing behind, and the transaction can go on. */
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
