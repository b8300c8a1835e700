/**
 * Tells the workers of writes by others, where only the supervisor hears of them. While it does not, each worker looks
 * for itself at its own interval.
 */
import type { Logger } from "../../src/observe/log.js";
import { storeDeaf } from "../../src/observe/supervisor-log.js";
import type { Store } from "../../src/store/contract/store.js";
import type { ChangeKind } from "../../src/store/contract/wake-ups.js";
import type { WorkerProcesses } from "./worker-processes.js";

/** A connection to the server takes a moment, and a server that restarts some more. Milliseconds. */
const DEAF_AFTER_MS = 30_000;

export interface RelayDependencies {
  readonly store: Pick<Store, "onWork" | "hears">;
  readonly pool: Pick<WorkerProcesses, "announce">;
  readonly log: Logger;
}

/** Returns a function that ends it. */
export function relayChanges({ store, pool, log }: RelayDependencies): () => void {
  if (store.hears() === null) return () => {};
  let heard = false;
  const announce = (about: readonly ChangeKind[]) => {
    const hears = store.hears() === true;
    // Where neither hears, this is a look at a guess, and the workers make their own.
    if (hears || heard) pool.announce({ type: "changed", about, hears });
    heard = hears;
  };
  // A job that we take back or enqueue by a schedule is work for our own workers as well.
  const stopListening = store.onWork(announce, { ownToo: true });
  const timer = setTimeout(() => {
    if (store.hears() === false) storeDeaf(log);
  }, DEAF_AFTER_MS).unref();
  return () => {
    clearTimeout(timer);
    stopListening();
  };
}
