/**
 * One connection to a SQLite file, with our own small way of using it:
 *
 * - the driver is synchronous, and so is what happens in a transaction: it yields to the event loop only where its body
 *   asks for that. A mutex keeps two transactions from mixing: each owns the connection alone, and so does other work;
 * - every transaction that may write to the file begins IMMEDIATE, since a deferred one that then wants to write gets
 *   SQLITE_BUSY at once, without a wait;
 * - prepared statements are kept by their text, see `statement-cache.ts`;
 * - outside a transaction a locked database is waited for, see `busy.ts`; BEGIN is such a statement, so a transaction
 *   either has the write lock from its first moment or has done nothing;
 * - errors are translated, see `errors.ts`.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import type { Clock } from "../../core/clock.js";
import { Mutex } from "../mutex.js";
import type { Connection, Writing } from "../shared/connection.js";
import { type Answer, PAUSE, type Query, type Work } from "../shared/work.js";
import { againWhileBusy, type BusyPolicy } from "./busy.js";
import { catalogue } from "./catalogue.js";
import { isBusy, translate } from "./errors.js";
import { TableStaging } from "./staging.js";
import { StatementCache } from "./statement-cache.js";

const BEGIN = command("begin");
const BEGIN_IMMEDIATE = command("begin immediate");
const COMMIT = command("commit");
const ROLLBACK = command("rollback");
const UNSYNCED = command("pragma synchronous = normal");
const CHECKPOINT = command("pragma wal_checkpoint(passive)");
const SYNCED = command("pragma synchronous = full");

/** What work is given when it begins, and after a pause. */
const NO_ANSWER: Answer = { rows: [], changes: 0 };

export class SqliteConnection implements Connection {
  readonly sql = catalogue;
  readonly clock: Clock;
  readonly #database: Database;
  readonly #busy: BusyPolicy;
  readonly #statements: StatementCache;
  readonly #mutex = new Mutex();

  constructor(database: Database, busy: BusyPolicy, clock: Clock) {
    this.#database = database;
    this.#busy = busy;
    this.#statements = new StatementCache(database);
    this.clock = clock;
  }

  run<T>(work: Work<T>): Promise<T> {
    return this.#alone(() => this.#perform(work));
  }

  write<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    return this.#alone(() => this.#write(body));
  }

  writeUnsynced<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    return this.#alone(async () => {
      await this.#ask(UNSYNCED);
      try {
        return await this.#write(body);
      } finally {
        await this.#ask(SYNCED);
      }
    });
  }

  staging(): TableStaging {
    return new TableStaging(this);
  }

  /** Runs `body`, which writes to temporary tables only, in a transaction that takes no lock on the file. */
  stage<T>(body: () => Work<T>): Promise<T> {
    return this.#alone(() => this.#transaction(BEGIN, body));
  }

  /** Writes the write-ahead log into the database, as far as other readers allow. Never throws. */
  async checkpoint(): Promise<void> {
    if (!this.#database.readonly) await this.#alone(async () => this.#ask(CHECKPOINT)).catch(() => {});
  }

  /** Waits for running work first. */
  close(): Promise<void> {
    return this.#alone(async () => {
      this.#database.close();
    });
  }

  #write<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    return this.#transaction(BEGIN_IMMEDIATE, () => body({ sql: this.sql, now: this.clock.now() }));
  }

  async #transaction<T>(begin: Query, body: () => Work<T>): Promise<T> {
    await this.#ask(begin);
    try {
      const result = await this.#perform(body());
      this.#ask(COMMIT);
      return result;
    } catch (error) {
      // After some errors (a full disk) SQLite has already rolled back by itself.
      if (this.#database.inTransaction) this.#ask(ROLLBACK);
      throw error;
    }
  }

  async #perform<T>(work: Work<T>): Promise<T> {
    let next = work.next(NO_ANSWER);
    while (!next.done) {
      let answer = NO_ANSWER;
      try {
        if (next.value === PAUSE) await nextTurn();
        else {
          const asked = this.#ask(next.value);
          answer = asked instanceof Promise ? await asked : asked;
        }
      } catch (error) {
        next = work.throw(error);
        continue;
      }
      next = work.next(answer);
    }
    return next.value;
  }

  /** Answers at once, unless the database is locked outside of a transaction. */
  #ask(query: Query): Answer | Promise<Answer> {
    try {
      return this.#statements.run(query);
    } catch (error) {
      if (this.#database.inTransaction || !isBusy(error)) throw translate(error, this.#busy.path);
      return this.#askAgain(query, error);
    }
  }

  async #askAgain(query: Query, refusal: unknown): Promise<Answer> {
    try {
      return await againWhileBusy(this.#busy, () => this.#statements.run(query), refusal);
    } catch (error) {
      throw translate(error, this.#busy.path);
    }
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#mutex.lock();
    try {
      return await work();
    } finally {
      this.#mutex.unlock();
    }
  }
}

/** A statement without values. */
export function command(sql: string): Query {
  return { sql, parameters: [] };
}
