/**
 * The heartbeats in the store: the supervisor's own, and in the same write those of its idle workers, since each write
 * wakes every process that waits for work. A worker with jobs writes its own.
 */
import type { ProcessState, Store } from "../../src/store/contract/store.js";

export interface HeartbeatDependencies {
  readonly store: Pick<Store, "processes" | "clock">;
  readonly supervisorId: string;
  /** Has the supervisor or a worker register anew, after another supervisor has forgotten it. */
  readonly registerAgain: (ids: readonly string[]) => Promise<void>;
}

export interface IdleWorker {
  readonly id: string;
  /** Time of its last message, on the monotonic clock. */
  readonly heardAt: number;
}

/** They prove to others that we live. */
const EVERY_MS = 5000;
/** While a renewal is missed. Our own heartbeat proves to us that we can write, so that the owner could too. */
const DOUBTFUL_EVERY_MS = 2500;

export class Heartbeats {
  readonly #deps: HeartbeatDependencies;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(deps: HeartbeatDependencies) {
    this.#deps = deps;
  }

  /** Time of the last one, on the monotonic clock. -Infinity: there was none. */
  get writtenAt(): number {
    return this.#writtenAt;
  }

  /** Writes them if it is time. @param isDoubtful whether a renewal is missed */
  async write(state: ProcessState, idle: readonly IdleWorker[], isDoubtful: boolean): Promise<void> {
    const { store, supervisorId, registerAgain } = this.#deps;
    const now = store.clock.monotonic();
    if (now - this.#writtenAt < (isDoubtful ? DOUBTFUL_EVERY_MS : EVERY_MS)) return;
    const others = idle.map(({ id, heardAt }) => ({ id, state: null, ageMs: Math.round(now - heardAt) }));
    const unknown = await store.processes.heartbeat([{ id: supervisorId, state, ageMs: 0 }, ...others]);
    if (unknown.length > 0) await registerAgain(unknown);
    this.#writtenAt = store.clock.monotonic();
  }
}
