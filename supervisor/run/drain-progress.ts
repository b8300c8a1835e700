/** Reports now and then how many jobs a drain has still to end. Counting costs time, so the pauses grow with it. */
import type { Store } from "../../src/store/contract/store.js";

const LEAST_PAUSE_MS = 500;
/** Greatest share of the time that counting may take. */
const SHARE = 1 / 20;

/** @returns a function that ends the reports */
export function watchRemaining(
  store: Store,
  queues: readonly string[] | null,
  say: (jobs: number) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const look = async () => {
    const began = performance.now();
    try {
      const jobs = await store.leases.remaining(queues);
      if (!ended) say(jobs);
    } catch {
      // A store in trouble is in the log already.
    }
    if (!ended) timer = setTimeout(look, Math.max(LEAST_PAUSE_MS, (performance.now() - began) / SHARE));
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
