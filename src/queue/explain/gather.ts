/** Gathers the facts about one job from the store, the processes and the disk. */
import { type Config, timeoutOrigin } from "../../config/config.js";
import type { ResolvedJob } from "../../core/job/job.js";
import { diskShortage } from "../../home/free-space.js";
import type { Home } from "../../home/home.js";
import type { Store } from "../../store/contract/store.js";
import { culpritsOf } from "../jobs/culprits.js";
import { type PoolStatus, readStatus, type WorkerStatus } from "../status.js";
import type { Facts } from "./facts.js";

export async function gatherFacts(
  { store, home, config }: { store: Store; home: Home; config: Config },
  job: ResolvedJob,
): Promise<Facts> {
  const { pools, workers, pausedQueues, limitedQueues } = await readStatus(store, config);
  const ranked = byPromise(pools);
  const [best] = ranked;
  const now = store.clock.now();
  const runs = job.state === "processing";
  const cancellations = runs ? await store.leases.cancellations(job.workerId ?? "") : [];
  const isDue = (job.state === "pending" || job.state === "failed") && job.runAt <= now;
  const newest = job.attempts > 0 ? (await store.jobs.attempts(job.id)).at(-1) : undefined;
  const rivals = rivalQueues(
    job.queue,
    workers.filter(({ state }) => state !== "dead"),
  );
  return {
    job,
    now,
    pid: runs ? (newest?.pid ?? null) : null,
    cancelRequested: cancellations.some(({ fence }) => fence === job.fence),
    queuePaused: pausedQueues.includes(job.queue),
    supervisor: best ? { running: true, ...best } : { running: false, pid: null, uptimeMs: null, state: "stopped" },
    pools: ranked.map(({ name }) => name),
    workers,
    ahead: isDue ? await store.leases.ahead(job, rivals) : 0,
    diskShortage: diskShortage(home),
    waitsFor:
      job.state === "blocked" ? (await store.jobs.dependencies(job.id)).filter(({ status }) => status !== "met") : [],
    culprits: job.state === "blocked" || job.state === "dead" ? await culpritsOf(store.jobs, job.id) : [],
    timedOut: newest?.outcome === "timed-out",
    timeoutFrom: timeoutOrigin({ timeoutMs: job.own.timeoutMs, options: job.options }, config),
    queueConcurrency: limitedQueues.find(({ name }) => name === job.queue)?.limits.concurrency ?? null,
    keptDead: job.state === "dead" && job.uniqueKey !== null ? await store.jobs.keptDead(job.id) : null,
    hold: isDue ? await store.queues.hold(job) : null,
  };
}

/** The pool that is most likely to run a job comes first. */
function byPromise(pools: readonly PoolStatus[]): PoolStatus[] {
  const order = ["running", "degraded", "starting", "draining"] as const;
  return [...pools].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

/**
 * The queues whose jobs compete with this queue's for the same workers. Null: every queue. Empty: no worker serves this
 * queue. If no worker lives, the next one is expected to serve every queue.
 */
function rivalQueues(queue: string, workers: readonly WorkerStatus[]): readonly string[] | null {
  if (workers.length === 0) return null;
  const serving = workers.filter(({ queues }) => queues === null || queues.includes(queue));
  if (serving.some(({ queues }) => queues === null)) return null;
  return [...new Set(serving.flatMap(({ queues }) => queues ?? []))];
}
