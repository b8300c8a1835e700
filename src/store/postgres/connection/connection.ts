/**
 * The store's way to one schema of a server.
 *
 * A transaction that may write takes one advisory lock first and runs its body under it, statement by statement. So it
 * means what it means in SQLite: one writer at a time, who sees all that was written before. Turns of the fast lane
 * share the lock: they run side by side, but beside no transaction. What is read outside of a transaction takes no lock.
 * Signs of life take none either: a lease must not run out because another process writes for long. They go over a
 * second line if the first one is busy.
 *
 * While the server does not answer, a call waits for it, on new connections, until its time is over. A transaction is
 * run again only if it cannot have been committed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../../core/clock.js";
import { StoreUnreachableError } from "../../../core/errors.js";
import type { ChangeKind } from "../../contract/wake-ups.js";
import { Mutex } from "../../mutex.js";
import type { Connection, Writing } from "../../shared/connection.js";
import type { FastLane } from "../../shared/fast/fast-lane.js";
import { type Answer, PAUSE, type Query, type Work } from "../../shared/work.js";
import { catalogue } from "../catalogue.js";
import { command } from "../command.js";
import { Turns } from "../fast/fast-lane.js";
import { FileStaging } from "../staging.js";
import { noting } from "../wake/noting.js";
import type { Client } from "./client.js";
import { ServerClock } from "./clock.js";
import { isConnectionLost, isGivenUp, translate } from "./errors.js";
import { beginTimeline, isNewTimeline } from "./timeline.js";
import { lockOf, statusOf, type Transaction } from "./transaction.js";

/** Between two tries, in milliseconds; random, so that waiting processes do not come back together. */
const PAUSES = [10, 20, 50, 100, 200, 500] as const;

/** A user is told after this many milliseconds. */
const SAID_AFTER_MS = 1000;

/** How long the second line stays without use, in milliseconds. */
const SIDE_IDLE_MS = 10_000;

const NO_ANSWER: Answer = { rows: [], changes: 0 };

export interface ConnectionOptions {
  /** Names the database without its password. */
  readonly shown: string;
  readonly schema: string;
  /** How long a call waits for the server in all, in milliseconds. */
  readonly timeoutMs: number;
  /** Undefined: the server's. */
  readonly clock: Clock | undefined;
  /** Called when a call has begun to wait for the server. */
  readonly onWaiting: ((shown: string) => void) | undefined;
}

export class PostgresConnection implements Connection {
  readonly sql = catalogue;
  readonly fast: FastLane;
  readonly clock: Clock;
  readonly #options: ConnectionOptions;
  readonly #serverClock = new ServerClock();
  readonly #main: Line;
  /** Connected when it is needed. */
  readonly #side: Line;
  readonly #lock: Query;
  #sideTimer: NodeJS.Timeout | undefined;
  #onChange: (kinds: ReadonlySet<ChangeKind>) => void = () => {};

  /** @param client makes a client of the server */
  constructor(client: () => Client, options: ConnectionOptions) {
    this.#main = { client: client(), mutex: new Mutex() };
    this.#side = { client: client(), mutex: new Mutex() };
    this.#options = options;
    this.clock = options.clock ?? this.#serverClock;
    this.#lock = lockOf(options.schema);
    this.fast = new Turns(this, options.clock);
  }

  /** Calls `listener` after each commit that others are to be told of. */
  onChange(listener: (kinds: ReadonlySet<ChangeKind>) => void): void {
    this.#onChange = listener;
  }

  run<T>(work: Work<T>): Promise<T> {
    return this.#alone(this.#main, (client) =>
      this.#perform(work, (query) => this.#persist(client, () => client.query(query))),
    );
  }

  write<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    return this.#alone(this.#main, async (client) => {
      const { result, tells } = await this.#persist(client, () => this.#writeOnce(client, body));
      this.tell(tells);
      return result;
    });
  }

  /** For bodies of one statement, or of several that do not depend on each other. */
  writeUnsynced<T>(body: (writing: Writing) => Work<T>): Promise<T> {
    const line = this.#main.mutex.isFree ? this.#main : this.#side;
    if (line === this.#side) this.#closeSideLater();
    return this.#alone(line, (client) =>
      this.#persist(client, () =>
        this.#transaction(client, BEGIN_UNSYNCED, () => this.#perform(body(this.#writing()), ask(client))),
      ),
    );
  }

  /** An idle process keeps one connection. */
  #closeSideLater(): void {
    clearTimeout(this.#sideTimer);
    this.#sideTimer = setTimeout(() => {
      this.#alone(this.#side, (client) => client.close()).catch(() => {});
    }, SIDE_IDLE_MS).unref();
  }

  /**
   * Runs a statement that is a transaction by itself. Null: its answer was lost, and it may or may not have been made.
   * @param timeOf the server's time, as the answer has it
   */
  once<R>(query: Query, timeOf: (rows: readonly R[]) => number): Promise<readonly R[] | null> {
    const make = async (client: Client) => {
      const sentAt = this.#serverClock.monotonic();
      const { rows } = await client.query(query);
      this.#serverClock.learn(timeOf(rows as R[]), sentAt);
      return rows as R[];
    };
    return this.#alone(this.#main, (client) =>
      this.#persist(client, () =>
        make(client).catch((error) => {
          if (isConnectionLost(error)) return null;
          throw error;
        }),
      ),
    );
  }

  /** Others are to be told of this. */
  tell(kinds: ReadonlySet<ChangeKind>): void {
    if (kinds.size > 0) this.#onChange(kinds);
  }

  /** Runs a statement that may fail: it is tried once, and only if the server is connected. Never rejects. */
  async tryOnce(query: Query): Promise<void> {
    await this.#alone(this.#main, async (client) => {
      if (client.isConnected) await client.query(query).catch(() => {});
    });
  }

  staging(): FileStaging {
    return new FileStaging();
  }

  /** Waits for running work first. */
  async close(): Promise<void> {
    clearTimeout(this.#sideTimer);
    for (const line of [this.#side, this.#main]) await this.#alone(line, (client) => client.close());
  }

  /**
   * If the answer to COMMIT is lost, the server is asked how the transaction ended. So a change is made once, and no
   * caller is told that it may or may not have been made.
   */
  async #writeOnce<T>(client: Client, body: (writing: Writing) => Work<T>): Promise<Written<T>> {
    let written: (Written<T> & { readonly transaction: Transaction }) | undefined;
    try {
      return await this.#transaction(client, BEGIN, async () => {
        const transaction = await this.#takeLock(client);
        const tells = new Set<ChangeKind>();
        const result = await this.#perform(body(this.#writing()), noting(tells, ask(client)));
        written = { transaction, result, tells };
        return written;
      });
    } catch (error) {
      if (written === undefined || !isConnectionLost(error)) throw error;
      if (await this.#isCommitted(client, written.transaction)) return written;
      throw error;
    }
  }

  /** Resolves to the body's result once it is committed. */
  async #transaction<T>(client: Client, begin: Query, body: () => Promise<T>): Promise<T> {
    try {
      await client.query(begin);
      const result = await body();
      await client.query(COMMIT);
      return result;
    } catch (error) {
      if (client.isConnected) await client.query(ROLLBACK).catch(() => client.drop());
      throw error;
    }
  }

  /** A server that has lost its client may still be at work on what that asked for last. */
  async #isCommitted(client: Client, transaction: Transaction): Promise<boolean> {
    for (;;) {
      const { rows } = await this.#persist(client, () => client.query(statusOf(transaction)));
      const status = (rows as { status: string | null }[])[0]?.status;
      if (status === "committed" || status === "aborted") return status === "committed";
      if (status !== "in progress") throw this.#isUnknown();
      await sleep(PAUSES[2]);
    }
  }

  #writing(): Writing {
    return { sql: this.sql, now: this.clock.now() };
  }

  async #takeLock(client: Client): Promise<Transaction> {
    const sentAt = this.#serverClock.monotonic();
    const { rows } = await client.query(this.#lock);
    const [{ now, ...transaction }] = rows as [Transaction & { now: number }];
    // The lock may have been waited for; then the answer's time says little, and the clock knows.
    this.#serverClock.learn(now, sentAt);
    return transaction;
  }

  async #perform<T>(work: Work<T>, answerTo: (query: Query) => Promise<Answer>): Promise<T> {
    let next = work.next(NO_ANSWER);
    while (!next.done) {
      let answer = NO_ANSWER;
      try {
        // Each statement is a trip to the server, so timers and signals have had their turn.
        if (next.value !== PAUSE) answer = await answerTo(next.value);
      } catch (error) {
        next = work.throw(error);
        continue;
      }
      next = work.next(answer);
    }
    return next.value;
  }

  /** Tries again, on a new connection if need be, until the time is over. */
  async #persist<T>(client: Client, attempt: () => Promise<T>): Promise<T> {
    const { shown, timeoutMs, onWaiting } = this.#options;
    const began = performance.now();
    let isSaid = false;
    for (let tries = 0; ; tries++) {
      try {
        if (!client.isConnected) await this.#connect(client);
        return await attempt();
      } catch (error) {
        const waited = performance.now() - began;
        if (!(isConnectionLost(error) || isGivenUp(error)) || waited >= timeoutMs) throw translate(error, shown);
        if (!isSaid && waited >= SAID_AFTER_MS) onWaiting?.(shown);
        isSaid ||= waited >= SAID_AFTER_MS;
        const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] as number;
        await sleep(Math.min(pause * (0.5 + Math.random()), timeoutMs - waited));
      }
    }
  }

  async #connect(client: Client): Promise<void> {
    await client.connect();
    if (!(await this.#perform(isNewTimeline(), ask(client)))) return;
    await this.#transaction(client, BEGIN, async () => {
      await this.#takeLock(client);
      await this.#perform(beginTimeline(), ask(client));
    });
  }

  /** After a failover to a standby that does not know the transaction. */
  #isUnknown(): StoreUnreachableError {
    return new StoreUnreachableError(
      `the database ${this.#options.shown} cannot tell whether it kept the change`,
      "look with queuectl list or queuectl show before you try again",
    );
  }

  async #alone<T>({ client, mutex }: Line, work: (client: Client) => Promise<T>): Promise<T> {
    await mutex.lock();
    try {
      return await work(client);
    } finally {
      mutex.unlock();
    }
  }
}

function ask(client: Client): (query: Query) => Promise<Answer> {
  return (query) => client.query(query);
}

interface Written<T> {
  readonly result: T;
  /** What others are to be told of. */
  readonly tells: ReadonlySet<ChangeKind>;
}

interface Line {
  readonly client: Client;
  readonly mutex: Mutex;
}

const BEGIN = command("BEGIN");
/** Others see the change at once, and only a crash of the server can lose it. */
const BEGIN_UNSYNCED = command("BEGIN; SET LOCAL synchronous_commit = off");
const COMMIT = command("COMMIT");
const ROLLBACK = command("ROLLBACK");
