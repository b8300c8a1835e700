/**
 * One connection to a SQLite file, with our own small way of using it:
 *
 * - the driver is synchronous under an async port, so a mutex keeps two transactions from mixing: a transaction owns
 *   the connection alone, and so does each statement outside of one;
 * - every transaction that may write to the file begins IMMEDIATE, since a deferred one that then wants to write gets
 *   SQLITE_BUSY at once, without a wait;
 * - prepared statements are kept by their text;
 * - outside a transaction a locked database is waited for, see `busy.ts`; BEGIN is such a statement, so a transaction
 *   either has the write lock from its first moment or has done nothing;
 * - errors are translated, see `errors.ts`.
 */
import type { Database, Statement } from "better-sqlite3";
import type { Clock } from "../../core/clock.js";
import type { Connection, Writing } from "../shared/connection.js";
import type { Answer, Query, Runner } from "../shared/statements/prepared.js";
import { type BusyPolicy, whileBusy } from "./busy.js";
import { catalogue } from "./catalogue.js";
import { translate } from "./errors.js";
import { Mutex } from "./mutex.js";
import { TableStaging } from "./staging.js";

const BEGIN = command("begin");
const BEGIN_IMMEDIATE = command("begin immediate");
const COMMIT = command("commit");
const ROLLBACK = command("rollback");
const UNSYNCED = command("pragma synchronous = normal");
const CHECKPOINT = command("pragma wal_checkpoint(passive)");
const SYNCED = command("pragma synchronous = full");

export class SqliteConnection implements Connection {
  readonly sql = catalogue;
  readonly clock: Clock;
  readonly db: Runner = { run: (query) => this.#alone(() => this.#owned.run(query)) };
  readonly #owned: Owned;
  readonly #mutex = new Mutex();

  constructor(database: Database, busy: BusyPolicy, clock: Clock) {
    this.#owned = new Owned(database, busy);
    this.clock = clock;
  }

  write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#alone(() => this.#write(work));
  }

  writeUnsynced<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      await this.#owned.run(UNSYNCED);
      try {
        return await this.#write(work);
      } finally {
        await this.#owned.run(SYNCED);
      }
    });
  }

  staging(): TableStaging {
    return new TableStaging(this);
  }

  /** Runs `work`, which writes to temporary tables only, in a transaction that takes no lock on the file. */
  stage<T>(work: (db: Runner) => Promise<T>): Promise<T> {
    return this.#alone(() => this.#transaction(BEGIN, work));
  }

  /** Writes the write-ahead log into the database, as far as other readers allow. Never throws. */
  async checkpoint(): Promise<void> {
    if (!this.#owned.database.readonly) await this.db.run(CHECKPOINT).catch(() => {});
  }

  /** Waits for running work first. */
  close(): Promise<void> {
    return this.#alone(async () => {
      this.#owned.database.close();
    });
  }

  #write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#transaction(BEGIN_IMMEDIATE, (db) => work({ db, sql: this.sql, now: this.clock.now() }));
  }

  async #transaction<T>(begin: Query, work: (db: Runner) => Promise<T>): Promise<T> {
    const owned = this.#owned;
    await owned.run(begin);
    try {
      const result = await work(owned);
      await owned.run(COMMIT);
      return result;
    } catch (error) {
      // After some errors (a full disk) SQLite has already rolled back by itself.
      if (owned.database.inTransaction) await owned.run(ROLLBACK);
      throw error;
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

/** The connection for its current owner. */
class Owned implements Runner {
  readonly database: Database;
  readonly #busy: BusyPolicy;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database, busy: BusyPolicy) {
    this.database = database;
    this.#busy = busy;
  }

  async run<R>(query: Query): Promise<Answer<R>> {
    try {
      if (this.database.inTransaction) return this.#run<R>(query);
      return await whileBusy(this.#busy, () => this.#run<R>(query));
    } catch (error) {
      throw translate(error, this.#busy.path);
    }
  }

  #run<R>({ sql, parameters }: Query): Answer<R> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as R[], changes: 0 };
    return { rows: [], changes: statement.run(parameters).changes };
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    // SQLite does not promise whether a PRAGMA acts when it is prepared or when it is run: a kept one might do nothing.
    if (!/^pragma/i.test(sql)) this.#statements.set(sql, statement);
    return statement;
  }
}

/** A statement without values. */
export function command(sql: string): Query {
  return { sql, parameters: [] };
}
