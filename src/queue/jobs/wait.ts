/**
 * Waits until jobs have ended. It looks when somebody has written, all jobs in one statement, and then not again until that
 * has paid off: in a busy store every moment something is written, and who waits for many jobs must not slow them down.
 */
import { StoreUnreachableError } from "../../core/errors.js";
import { isTerminal, type JobState, type TerminalState } from "../../core/job/state.js";
import { StoreChanges } from "../../store/changes.js";
import type { JobStore, Store } from "../../store/contract/store.js";

export interface WaitOptions {
  /** Give up after this. */
  readonly timeoutMs?: number;
  /** Called after each look, and waited for. */
  readonly onLook?: (ended: number, total: number) => void | Promise<void>;
}

/** By id, in the order in which they were asked for. */
export interface Waited {
  readonly ended: ReadonlyMap<string, TerminalState | "deleted">;
  /** Not empty: the time was over. */
  readonly unfinished: ReadonlyMap<string, JobState>;
}

type WaitStore = Pick<Store, "onWork"> & { readonly jobs: Pick<JobStore, "states"> };

/** A wake-up is not heard where the file system tells of no changes. */
const LOOK_AGAIN_MS = 1000;
const PAUSE_MS = 20;
/** Looking may take a tenth of the time. */
const PAUSE_PER_LOOK = 9;

export async function waitForJobs(
  store: WaitStore,
  ids: Iterable<string>,
  { timeoutMs = Number.POSITIVE_INFINITY, onLook }: WaitOptions,
): Promise<Waited> {
  const deadline = performance.now() + timeoutMs;
  const found = new Map<string, JobState | "deleted">([...ids].map((id) => [id, "pending"]));
  const open = new Set(found.keys());
  const changes = new StoreChanges(store);
  try {
    for (;;) {
      const began = performance.now();
      for (const [id, state] of await statesNow(store, [...open])) {
        found.set(id, state);
        if (hasEnded(state)) open.delete(id);
      }
      const tookMs = performance.now() - began;
      await onLook?.(found.size - open.size, found.size);
      const leftMs = deadline - performance.now();
      if (open.size === 0 || leftMs <= 0) return split(found);
      const atLeastMs = Math.max(PAUSE_MS, tookMs * PAUSE_PER_LOOK);
      await changes.next({ atLeastMs, atMostMs: Math.min(Math.max(LOOK_AGAIN_MS, atLeastMs), leftMs) });
    }
  } finally {
    changes.close();
  }
}

/** None of them while the database does not answer. */
async function statesNow(store: WaitStore, ids: readonly string[]): Promise<[string, JobState | "deleted"][]> {
  try {
    const states = await store.jobs.states(ids);
    return ids.map((id) => [id, states.get(id) ?? "deleted"]);
  } catch (error) {
    if (error instanceof StoreUnreachableError) return [];
    throw error;
  }
}

function hasEnded(state: JobState | "deleted"): state is TerminalState | "deleted" {
  return state === "deleted" || isTerminal(state);
}

function split(found: ReadonlyMap<string, JobState | "deleted">): Waited {
  const ended = new Map<string, TerminalState | "deleted">();
  const unfinished = new Map<string, JobState>();
  for (const [id, state] of found) {
    if (hasEnded(state)) ended.set(id, state);
    else unfinished.set(id, state);
  }
  return { ended, unfinished };
}
