/**
 * Waits until jobs have ended. It looks after a write, at all jobs in one statement, and then pauses in proportion to
 * the cost of the look. In a busy store a write comes every moment, and a wait for many jobs must not slow it down.
 */
import { StoreUnreachableError } from "../../core/errors.js";
import { isTerminal, type JobState, type TerminalState } from "../../core/job/state.js";
import { StoreChanges } from "../../store/changes.js";
import type { JobStore, Store } from "../../store/contract/store.js";

export interface WaitOptions {
  /** Time limit. Absent: none. */
  readonly timeoutMs?: number;
  /** Called after each look, and awaited. */
  readonly onLook?: (ended: number, total: number) => void | Promise<void>;
}

/** By id, in the order of the call. */
export interface Waited {
  readonly ended: ReadonlyMap<string, TerminalState | "deleted">;
  /** Not empty: the time was over. */
  readonly unfinished: ReadonlyMap<string, JobState>;
}

type WaitStore = Pick<Store, "onWork" | "isReplaced"> & { readonly jobs: Pick<JobStore, "states"> };

/** Polls, because some file systems report no changes. Milliseconds. */
const LOOK_AGAIN_MS = 1000;
const PAUSE_MS = 20;
/** Looking may take a tenth of the time. */
const PAUSE_PER_LOOK = 9;

/** @throws UnusableError if the database was replaced meanwhile */
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

/** Empty while the database does not answer. */
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
