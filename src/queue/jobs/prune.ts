/**
 * Deletes ended jobs beside working processes. A batch holds the write lock for some milliseconds, and in the pause
 * after it other processes get the lock. The rows go first and the output files after them. So a crash leaves at most
 * files without an attempt, and `removeLeftovers` finds these.
 */
import { opendir } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { attachLate } from "../../attempt/late-output.js";
import { fenceOfOutput, fenceOfReport, removeOutput } from "../../attempt/paths.js";
import { UsageError } from "../../core/errors.js";
import { TERMINAL_STATES } from "../../core/job/state.js";
import type { Home } from "../../home/home.js";
import type { PruneSelection, Store } from "../../store/contract/store.js";
import { checkOptions } from "../options.js";

export interface PruneOptions {
  /** Whether to count only, without deleting. */
  readonly dryRun?: boolean;
  /** Called after each batch with the number of jobs deleted so far. */
  readonly onProgress?: (count: number) => void;
}

/** @throws UsageError */
export function checkSelection(selection: PruneSelection): PruneSelection {
  checkOptions("prune", selection, ["states", "olderThanMs"]);
  const { states, olderThanMs } = selection;
  if (!Array.isArray(states) || states.length === 0 || !states.every((state) => TERMINAL_STATES.includes(state))) {
    throw new UsageError("prune needs the states of the jobs to delete", `some of ${TERMINAL_STATES.join(", ")}`);
  }
  if (typeof olderThanMs === "number" && olderThanMs >= 0) return { states, olderThanMs };
  throw new UsageError(`"olderThanMs" is ${olderThanMs}`, "give milliseconds; 0 is all that have ended");
}

/** Takes some 20 ms with a million jobs. */
const BATCH_JOBS = 200;
/** Longer than SQLite's pauses between two tries for a lock, so that a waiting process does get it. */
const PAUSE_MS = 25;
const BATCH_FILES = 1000;

/** Yields the number of deleted jobs for each batch. Ends when none is left. */
export async function* pruneInBatches(store: Store, home: Home, selection: PruneSelection): AsyncGenerator<number> {
  for (;;) {
    const { deleted, files } = await store.jobs.prune(selection, BATCH_JOBS);
    removeOutput(home, files);
    if (deleted > 0) yield deleted;
    if (deleted < BATCH_JOBS) return;
    await sleep(PAUSE_MS);
  }
}

/** Resolves to the number of deleted jobs. `onProgress` gets the total after each batch. */
export async function pruneAll(
  store: Store,
  home: Home,
  selection: PruneSelection,
  onProgress: (count: number) => void = () => {},
): Promise<number> {
  let count = 0;
  for await (const deleted of pruneInBatches(store, home, selection)) {
    count += deleted;
    onProgress(count);
  }
  return count;
}

/**
 * Removes output whose attempt was deleted but whose files were left by a crash, and reports of attempts that are over.
 * A report is taken when its attempt ends, so one that exists later was written later. If large streams go into the
 * database, a file is left over when its attempt has ended, and the attempt may still wait for it.
 */
export async function removeLeftovers(store: Store, home: Home, signal: AbortSignal): Promise<void> {
  for await (const name of leftovers(store, home)) {
    if (signal.aborted) return;
    const fence = store.chunks === null ? null : fenceOfOutput(name);
    if (store.chunks !== null && fence !== null && !(await attachLate(store.chunks, home, fence))) continue;
    removeOutput(home, [relative(home.dir, join(home.outputDir, name))]);
  }
  await store.chunks?.deleteOrphans();
}

/** Names in the output directory that no process will use again. */
export async function* leftovers(store: Store, home: Home): AsyncGenerator<string> {
  let batch: string[] = [];
  for await (const entry of await opendir(home.outputDir)) {
    if (entry.isFile()) batch.push(entry.name);
    if (batch.length < BATCH_FILES) continue;
    yield* await leftoversAmong(store, batch);
    batch = [];
  }
  yield* await leftoversAmong(store, batch);
}

/** The names were read before the leases are, so a process that writes to one of them holds its lease. */
async function leftoversAmong(store: Store, names: readonly string[]): Promise<string[]> {
  const fences = names.map(fenceOfOutput).filter((fence) => fence !== null);
  const reports = names.map(fenceOfReport).filter((fence) => fence !== null);
  const held = new Set(await store.leases.held(store.chunks === null ? reports : [...reports, ...fences]));
  const deleted = store.chunks === null ? new Set(await store.jobs.deletedAttempts(fences)) : null;
  return names.filter((name) => {
    const [output, report] = [fenceOfOutput(name), fenceOfReport(name)];
    if (report !== null) return !held.has(report);
    return output !== null && (deleted === null ? !held.has(output) : deleted.has(output));
  });
}
