/** Says now and then how much a drain has still to do, for those who watch it. Counting costs, so it pauses in proportion. */
import type { Store } from "../../src/store/contract/store.js";

const LEAST_PAUSE_MS = 500;
/** Of the time, this part goes into counting at most. */
const SHARE = 1 / 20;

/** @returns the function that ends it */
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
