/** The base of every role of the store: a catalogue of statements, and the ways to run what uses them. */
import type { Clock } from "../../core/clock.js";
import type { NewJob } from "../contract/store.js";
import type { FastLane } from "./fast/fast-lane.js";
import type { Statements } from "./statements/statements.js";
import type { Work } from "./work.js";

export interface Reading {
  readonly sql: Statements;
}

/** Inside a transaction. */
export interface Writing extends Reading {
  /** Milliseconds since the epoch, read after the transaction had the write lock. */
  readonly now: number;
}

export interface Connection extends Reading {
  readonly clock: Clock;
  /** Runs `work` outside of a transaction, each statement for itself. */
  run<T>(work: Work<T>): Promise<T>;
  /**
   * Runs `body` in a transaction that has the write lock. When it has resolved, the change is on disk. If it throws,
   * nothing was written. A database may give a transaction up and run `body` again, so `body` changes nothing outside
   * of it.
   */
  write<T>(body: (writing: Writing) => Work<T>): Promise<T>;
  /**
   * As {@link write}, without waiting for the disk. Other processes see the change at once, and only a power cut can
   * lose it. For signs of life, which a power cut makes worthless anyway. Others may write in the middle of it, so each
   * statement of `body` has to be right by itself.
   */
  writeUnsynced<T>(body: (writing: Writing) => Work<T>): Promise<T>;
  /** Undefined: all that writes takes the lock. */
  readonly fast?: FastLane;
  /** A new, empty staging area for the jobs of one call. */
  staging(): Staging;
}

/** Jobs of a call that is too large for memory, kept while no lock is held. */
export interface Staging {
  readonly isEmpty: boolean;
  add(jobs: readonly NewJob[]): Promise<void>;
  /** In the order in which they were added. Each is read when its turn comes, in the transaction that inserts it. */
  chunks(): Chunks;
  /** Which of these names are ids of the jobs. */
  idsAmong(names: readonly string[]): Promise<ReadonlySet<string>>;
  discard(): Promise<void>;
}

/** A chunk that is still to be read is work. */
export type Chunks = Iterable<Chunk | Work<Chunk>>;

/** As many new jobs as one statement inserts. */
export interface Chunk {
  /** In the form of the catalogue's statements; no other code looks into it. */
  readonly jobs: unknown;
  /** In the same form, what the jobs have in common, if that is all but ids and commands. Null: they differ in more. */
  readonly common: unknown;
  readonly count: number;
  /** Whether one of them has a unique key. */
  readonly isKeyed: boolean;
}

/** A part of a transaction: if `work` throws, its changes are undone, and the transaction can go on. */
export function* nested<T>({ sql }: Writing, work: () => Work<T>): Work<T> {
  const { begin, undo, end } = sql.parts;
  yield* begin.run({});
  try {
    return yield* work();
  } catch (error) {
    yield* undo.run({});
    throw error;
  } finally {
    yield* end.run({});
  }
}
