/**
 * Deleting jobs that have ended, beside those that work: batches that hold the write lock for some milliseconds, and a pause
 * after each in which others get it. The rows go first and the output files after them, so a crash leaves at most files
 * without an attempt, and `removeLeftovers` finds these.
 */
import { opendir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fenceOfOutput, type Home, removeOutput } from "./home.js";
import type { PruneSelection, Store } from "./store/store.js";

/** Some 20 ms when there are a million jobs. */
const BATCH_JOBS = 200;
/** Longer than the pauses in which SQLite waits for a lock, so that whoever waits does get it. */
const PAUSE_MS = 25;
const BATCH_FILES = 1000;

/** Yields how many jobs each batch has deleted; ends when none is left. */
export async function* pruneInBatches(store: Store, home: Home, selection: PruneSelection): AsyncGenerator<number> {
  for (;;) {
    const { deleted, files } = await store.jobs.prune(selection, BATCH_JOBS);
    removeOutput(home, files);
    if (deleted > 0) yield deleted;
    if (deleted < BATCH_JOBS) return;
    await sleep(PAUSE_MS);
  }
}

/** Removes output whose attempt was deleted, by somebody who did not get as far as its files. */
export async function removeLeftovers(store: Store, home: Home, signal: AbortSignal): Promise<void> {
  let batch = new Map<string, number>();
  const removeGone = async () => {
    const gone = new Set(await store.jobs.deletedAttempts([...batch.values()]));
    for (const [name, fence] of batch) if (gone.has(fence)) removeOutput(home, [join(basename(home.outputDir), name)]);
    batch = new Map();
  };
  for await (const entry of await opendir(home.outputDir)) {
    if (signal.aborted) return;
    const fence = entry.isFile() ? fenceOfOutput(entry.name) : null;
    if (fence !== null) batch.set(entry.name, fence);
    if (batch.size === BATCH_FILES) await removeGone();
  }
  await removeGone();
}
