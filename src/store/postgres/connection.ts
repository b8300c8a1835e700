/**
 * The store's way to one schema of a server.
 *
 * A transaction that may write takes one advisory lock first and runs its body under it, statement by statement. So it
 * means what it means in SQLite: one writer at a time, who sees all that was written before. What is read outside of a
 * transaction takes no lock.
 *
 * While the server does not answer, a call waits for it, on new connections, until its time is over. A transaction is
 * run again only if it cannot have been committed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../core/clock.js";
import { StoreUnreachableError } from "../../core/errors.js";
import { Mutex } from "../mutex.js";
import type { Connection, Writing } from "../shared/connection.js";
import { type Answer, PAUSE, type Query, type Work } from "../shared/work.js";
import { catalogue } from "./catalogue.js";
import type { Client } from "./client.js";
import { ServerClock } from "./clock.js";
import { isConnectionLost, isGivenUp, translate } from "./errors.js";
import { FileStaging } from "./staging.js";

/** Between two tries, in milliseconds; random, so that waiting processes do not come back together. */
const PAUSES = [10, 20, 50, 100, 200, 500] as const;

const NO_ANSWER: Answer = { rows: [], changes: 0 };

export interface ConnectionOptions {
  /** Names the database without its password. */
  readonly shown: string;
  readonly schema: string;
  /** How long a call waits for the server in all, in milliseconds. */
  readonly timeoutMs: number;
  /** Undefined: the server's. */
  readonly clock: Clock | undefined;
}

export class PostgresConnection implements Connection {
  readonly sql = catalogue;
  readonly clock: Clock;
  readonly #client: Client;
  readonly #options: ConnectionOptions;
  readonly #serverClock = new ServerClock();
  readonly #mutex = new Mutex();
  readonly #lock: Query;

  constructor(client: Client, options: ConnectionOptions) {
    this.#client = client;
    this.#options = options;
    this.clock = options.clock ?? this.#serverClock;
    this.#lock = lockOf(options.schema);
  }

  run<T>(work: Work<T>): Promise<T> {
    return this.#alone(() => this.#perform(work, (query) => this.#persist(() => this.#client.query(query))));
  }

  write<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    return this.#alone(() => this.#persist(() => this.#transaction(BEGIN, body)));
  }

  writeUnsynced<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    return this.#alone(() => this.#persist(() => this.#transaction(BEGIN_UNSYNCED, body)));
  }

  staging(): FileStaging {
    return new FileStaging();
  }

  /** Waits for running work first. */
  close(): Promise<void> {
    return this.#alone(() => this.#client.close());
  }

  async #transaction<T>(begin: Query, body: (writing: Writing) => Work<T>): Promise<T> {
    let isCommitting = false;
    try {
      await this.#client.query(begin);
      await this.#takeLock();
      const result = await this.#perform(body({ sql: this.sql, now: this.clock.now() }), (query) =>
        this.#client.query(query),
      );
      isCommitting = true;
      await this.#client.query(COMMIT);
      return result;
    } catch (error) {
      if (this.#client.isConnected) await this.#client.query(ROLLBACK).catch(() => this.#client.drop());
      if (isCommitting && isConnectionLost(error)) throw this.#isUnknown(error);
      throw error;
    }
  }

  async #takeLock(): Promise<void> {
    const sentAt = this.#serverClock.monotonic();
    const { rows } = await this.#client.query(this.#lock);
    // The lock may have been waited for; then the answer's time says little, and the clock knows.
    this.#serverClock.learn((rows as { now: number }[])[0]?.now ?? this.#serverClock.now(), sentAt);
  }

  async #perform<T>(work: Work<T>, ask: (query: Query) => Promise<Answer>): Promise<T> {
    let next = work.next(NO_ANSWER);
    while (!next.done) {
      let answer = NO_ANSWER;
      try {
        // Each statement is a trip to the server, so timers and signals have had their turn.
        if (next.value !== PAUSE) answer = await ask(next.value);
      } catch (error) {
        next = work.throw(error);
        continue;
      }
      next = work.next(answer);
    }
    return next.value;
  }

  /** Tries again, on a new connection if need be, until the time is over. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T> {
    const { shown, timeoutMs } = this.#options;
    const endsAt = performance.now() + timeoutMs;
    for (let tries = 0; ; tries++) {
      try {
        if (!this.#client.isConnected) await this.#client.connect();
        return await attempt();
      } catch (error) {
        if (!(isConnectionLost(error) || isGivenUp(error)) || performance.now() >= endsAt)
          throw translate(error, shown);
        const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] as number;
        await sleep(Math.min(pause * (0.5 + Math.random()), Math.max(0, endsAt - performance.now())));
      }
    }
  }

  #isUnknown(cause: unknown): StoreUnreachableError {
    return new StoreUnreachableError(
      `the database ${this.#options.shown} went away while it was told to keep the change; it may or may not have kept it`,
      "look with queuectl list or queuectl show before you try again",
      cause,
    );
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

const BEGIN = command("BEGIN");
/** Others see the change at once, and only a crash of the server can lose it. */
const BEGIN_UNSYNCED = command("BEGIN; SET LOCAL synchronous_commit = off");
const COMMIT = command("COMMIT");
const ROLLBACK = command("ROLLBACK");

/** A statement without values. */
export function command(sql: string): Query {
  return { sql, parameters: [] };
}

/** One lock for each schema. Two schemas that share its number wait for each other, and nothing else happens. */
function lockOf(schema: string): Query {
  return {
    sql: `SELECT pg_advisory_xact_lock(hashtext('queuectl'), hashtext($1)), (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`,
    parameters: [schema],
  };
}
