/**
 * Keeps the home from growing without end: deletes ended jobs when their retention is over, and output files that a
 * killed process left behind. It runs apart from the actor, which must not wait for it. The supervisor of each pool does
 * it: a job is deleted in one transaction, and a file that is gone is fine. If a step fails, the next round tries again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../../src/config/config.js";
import type { TerminalState } from "../../src/core/job/state.js";
import type { Home } from "../../src/home/home.js";
import { type Logger, storeTrouble } from "../../src/observe/log.js";
import { jobsPruned } from "../../src/observe/supervisor-log.js";
import { pruneInBatches, removeLeftovers } from "../../src/queue/jobs/prune.js";
import type { Store } from "../../src/store/contract/store.js";

/** The first look is at the start, where a crash may have left files. Later ones find the files of killed workers. */
const LEFTOVERS_EVERY_MS = 3_600_000;

export interface HousekeepingDependencies {
  readonly store: Store;
  readonly home: Home;
  readonly config: () => Promise<Config>;
  readonly log: Logger;
}

export class Housekeeping {
  readonly #deps: HousekeepingDependencies;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: HousekeepingDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when the current batch is done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One round over everything. Never throws: the next round repeats a failed step. */
  async round(number: number): Promise<void> {
    const { store, home, log } = this.#deps;
    const { signal } = this.#stopping;
    try {
      const everyRounds = Math.ceil(LEFTOVERS_EVERY_MS / store.pollMs.retention);
      if (number % everyRounds === 0) await removeLeftovers(store, home, signal);
      await this.#prune(signal);
    } catch (error) {
      storeTrouble(log, "deleting expired jobs and files", error);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let number = 0; !signal.aborted; number++) {
      await this.round(number);
      await sleep(this.#deps.store.pollMs.retention, undefined, { signal }).catch(() => {});
    }
  }

  async #prune(signal: AbortSignal): Promise<void> {
    const { values } = await this.#deps.config();
    await this.#pruneStates(["completed", "cancelled"], values.retention, signal);
    await this.#pruneStates(["dead"], values["retention-dead"], signal);
  }

  /** @param retentionMs 0: the jobs are kept */
  async #pruneStates(states: readonly TerminalState[], retentionMs: number, signal: AbortSignal): Promise<void> {
    const { store, home, log } = this.#deps;
    if (retentionMs === 0 || signal.aborted) return;
    let count = 0;
    try {
      for await (const deleted of pruneInBatches(store, home, { states, olderThanMs: retentionMs })) {
        count += deleted;
        if (signal.aborted) break;
      }
    } finally {
      if (count > 0) jobsPruned(log, count, states, retentionMs);
    }
  }
}
