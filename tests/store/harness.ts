/** What the store's tests work with: a store with a clock that stands still, and jobs that differ where a test says so. */
import type { Clock } from "../../src/core/clock.js";
import type { Decision } from "../../src/core/job/decide.js";
import { NO_OPTIONS } from "../../src/core/job/options.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import type {
  ChangeResult,
  ClaimedJob,
  ClaimRequest,
  DeleteResult,
  Lease,
  NewJob,
  Settlement,
  Store,
  StoredStream,
} from "../../src/store/contract/store.js";

export interface StoreHarness {
  readonly store: Store;
  readonly clock: ManualClock;
  /** One more connection to the same data, as another process would have it. */
  connect(): Promise<Store>;
  /** All there is of a job and its attempts, in the backend's own form: for comparing before and after. */
  snapshot(jobId: string): Promise<unknown>;
  /** What no method of the contract does yet. */
  block(jobId: string): Promise<void>;
  limit(queue: string, limits: QueueLimits): Promise<void>;
  close(): Promise<void>;
}

export interface QueueLimits {
  readonly concurrency?: number;
  /** How many starts in how many milliseconds. */
  readonly rate?: readonly [number, number];
  readonly maxLength?: number;
}

export type OpenHarness = () => Promise<StoreHarness>;

/** Stands still until it is told otherwise. */
export class ManualClock implements Clock {
  #now = Date.UTC(2030, 0, 1);

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

let made = 0;

export function newJob(fields: Partial<NewJob> = {}): NewJob {
  return {
    id: `job-${++made}`,
    command: "true",
    queue: "default",
    priority: 0,
    maxRetries: null,
    timeoutMs: null,
    backoffBase: null,
    cwd: "/",
    env: {},
    tags: [],
    runAt: null,
    deadlineMs: null,
    uniqueKey: null,
    onConflict: "reject",
    limitKey: null,
    limit: null,
    onUnmet: "bury",
    options: NO_OPTIONS,
    ref: null,
    after: [],
    ...fields,
  };
}

/** Inserts one batch and resolves to the ids. */
export async function insert(store: Store, ...jobs: Partial<NewJob>[]): Promise<string[]> {
  const batch = jobs.map(newJob);
  await store.jobs.insert([batch]);
  return batch.map((job) => job.id);
}

/** As {@link insert}; `after` of each job names jobs by id. */
export async function insertGraph(store: Store, ...jobs: Partial<NewJob>[]): Promise<string[]> {
  const batch = jobs.map(newJob);
  const edges = batch.flatMap(({ id, after }, position) =>
    after.map(({ job, when }) => ({ child: id, parent: job, when, position })),
  );
  await store.jobs.insert([batch], { edges: async () => edges });
  return batch.map((job) => job.id);
}

export async function claim(store: Store, request: Partial<ClaimRequest> = {}): Promise<readonly ClaimedJob[]> {
  const { jobs } = await store.leases.claim({
    workerId: "worker-1",
    queues: null,
    limit: 1,
    leaseMs: 15_000,
    ...request,
  });
  return jobs;
}

/** Inserts a job and claims it; there must be nothing else to claim. */
export async function processing(store: Store, fields: Partial<NewJob> = {}): Promise<ClaimedJob> {
  const [id] = await insert(store, fields);
  const [job] = await claim(store);
  if (job === undefined || job.id !== id) throw new Error(`claimed ${job?.id} instead of ${id}`);
  return job;
}

export const COMPLETE: Decision = { event: "complete", delayMs: 0 };
export const BURY: Decision = { event: "bury", delayMs: 0 };
export const RELEASE: Decision = { event: "release", delayMs: 0 };
export const CANCEL: Decision = { event: "cancel", delayMs: 0 };
export const retryAfter = (delayMs: number): Decision => ({ event: "retry", delayMs });

/** Every lease that there is, oldest first. */
export async function allLeases({ leases }: Store): Promise<Lease[]> {
  return leases.of([...(await leases.countByWorker()).keys()]);
}

/** Ends the attempt that `job` was claimed for; by default it succeeded. */
export async function settle(
  store: Store,
  job: { id: string; fence: number },
  decision: Decision = COMPLETE,
  outcome: Outcome = { kind: "succeeded" },
  more: Partial<Settlement> = {},
): Promise<boolean> {
  const [written] = await store.leases.settle([{ jobId: job.id, fence: job.fence, outcome, decision, ...more }]);
  return written ?? false;
}

/** A short stream. */
export function short(text: string): StoredStream {
  return { bytes: Buffer.byteLength(text), text: Buffer.from(text), place: { kind: "row" } };
}

/** A stream too large for its row, of which the store is told only where it is: in this file, if there are any. */
export function large({ chunks }: Store, path: string, bytes = 1e6): StoredStream {
  const place = chunks === null ? ({ kind: "file", path } as const) : ({ kind: "chunks", size: bytes } as const);
  return { bytes, text: Buffer.from("head and tail"), place };
}

/** What the store says of files, of which some stores have none. */
export function filesIn({ chunks }: Store, ...paths: string[]): string[] {
  return chunks === null ? paths : [];
}

/** Changes of one job. */
export async function cancelJob(store: Store, id: string, reason: string | null = null): Promise<ChangeResult> {
  return only(await store.jobs.cancelAll([id], reason));
}

export async function reviveJob(store: Store, id: string): Promise<ChangeResult> {
  return only(await store.jobs.reviveAll([id]));
}

export async function deleteJob(store: Store, id: string): Promise<DeleteResult> {
  return only(await store.jobs.deleteAll([id]));
}

function only<Result>(results: readonly Result[]): Result {
  const [result, ...more] = results;
  if (result === undefined || more.length > 0) throw new Error(`${results.length} results for one job`);
  return result;
}

export async function get(store: Store, id: string) {
  const job = await store.jobs.get(id);
  if (job === null) throw new Error(`no job ${id}`);
  return job;
}
