/**
 * Explains why a job is not running: every reason, the one nearest to the job first. A job scheduled for tomorrow in a
 * paused queue without workers has three reasons, and a user who mends one of them needs to know the others.
 */

import { isTerminal } from "../../core/job/state.js";
import { humanDuration } from "../../core/text/duration.js";
import { listed } from "../../core/text/listed.js";
import { localTime } from "../../core/text/time.js";
import { nameFlag, ownNameFlag } from "../../home/pool.js";
import { blocked } from "./blocked.js";
import { ended } from "./ended.js";
import type { Facts, Reason } from "./facts.js";
import { limits } from "./limits.js";
import { running } from "./running.js";
import { timeLimit } from "./time-limit.js";

export function explain(facts: Facts): readonly Reason[] {
  const { job } = facts;
  if (isTerminal(job.state)) return ended(facts);
  if (job.state === "processing") return running(facts);
  const reasons = waiting(facts);
  if (reasons.length > 0) return reasons;
  const hint = "if it stays so, queuectl worker list shows whether the workers are well";
  return [{ code: "due", message: "it is due and nothing is in its way: a worker will take it any moment", hint }];
}

function waiting(facts: Facts): Reason[] {
  return [blocked, notDue, timeLimit, paused, limits, supervision, service, disk, order].flatMap((reason) =>
    reason(facts),
  );
}

function notDue({ job: { id, state, runAt, attempts, maxRetries, lastError }, now }: Facts): Reason[] {
  const when = `${localTime(runAt)}, in ${humanDuration(runAt - now)}`;
  const hint = `queuectl edit ${id} --set delay=0 lets it run now`;
  if (state === "blocked") return runAt > now ? [{ code: "scheduled", message: `it is scheduled for ${when}` }] : [];
  if (state === "pending") {
    return runAt > now ? [{ code: "scheduled", message: `it is scheduled for ${when}`, hint }] : [];
  }
  if (state !== "failed") return [];
  const failure = `attempt ${attempts} of ${maxRetries} failed${lastError === null ? "" : ` (${lastError})`}`;
  if (runAt > now) return [{ code: "waiting_for_retry", message: `${failure}; the next one is at ${when}`, hint }];
  return [{ code: "retry_due", message: `${failure}; the next one is due` }];
}

function paused({ job: { queue }, queuePaused }: Facts): Reason[] {
  return queuePaused
    ? [{ code: "queue_paused", message: `queue ${queue} is paused`, hint: `queuectl queue resume ${queue}` }]
    : [];
}

function supervision({ supervisor: { running, state, pid }, pools }: Facts): Reason[] {
  if (!running)
    return [{ code: "no_supervisor", message: "no supervisor is running", hint: "queuectl worker start --detach" }];
  if (state === "starting")
    return [{ code: "supervisor_starting", message: `the supervisor (pid ${pid}) is just starting` }];
  if (state === "draining") {
    const message = `the supervisor (pid ${pid}) is stopping, so its workers take no more jobs`;
    const hint = `when it has stopped: queuectl worker start --detach${ownNameFlag(pools[0])}`;
    return [{ code: "supervisor_stopping", message, hint }];
  }
  if (state !== "degraded") return [];
  const message = `the supervisor (pid ${pid}) is degraded: its workers keep dying, and it tries one now and then`;
  return [
    {
      code: "supervisor_degraded",
      message,
      hint: `queuectl worker logs${nameFlag(pools, pools[0])} says why they die`,
    },
  ];
}

/** Among the workers that take jobs at all: the ones that take this job. */
function service(facts: Facts): Reason[] {
  const { job, supervisor, workers, pools } = facts;
  if (!supervisor.running || supervisor.state === "draining") return [];
  const draining = workers.filter(({ state }) => state === "draining");
  const working = workers.filter(({ state }) => state !== "dead" && state !== "draining");
  const finishing = draining.flatMap((worker) => worker.jobs);
  if (working.length === 0) return [noWorker(pools, draining.length, finishing)];
  const serving = working.filter(({ queues }) => queues === null || queues.includes(job.queue));
  if (serving.length === 0) {
    const served = [...new Set(working.flatMap(({ queues }) => queues ?? []))].sort();
    const message = `no worker serves queue ${job.queue}, only ${listed(served)}`;
    const hint = `queuectl worker start --detach --name ${freeName(job.queue, pools)} --queue ${job.queue} adds a pool that does`;
    return [{ code: "queue_not_served", message, hint }];
  }
  const slots = serving.reduce((sum, worker) => sum + worker.slots, 0);
  // The last jobs of a leaving worker use slots of its successor.
  const jobs = [...serving.flatMap((worker) => worker.jobs), ...finishing];
  if (!isClaimable(facts) || jobs.length < slots) return [];
  const message =
    slots === 1 ? `the only slot is busy with ${listed(jobs)}` : `all ${slots} slots are busy with ${listed(jobs)}`;
  const pool = serving[0]?.pool;
  const its = working.filter((worker) => worker.pool === pool).length;
  const hint = `queuectl worker scale ${its + 1}${nameFlag(pools, pool)} adds a worker`;
  return [{ code: "slots_busy", message, hint }];
}

function noWorker(pools: readonly string[], draining: number, finishing: readonly string[]): Reason {
  const hintOfLog = `queuectl worker logs${nameFlag(pools, pools[0])} says why`;
  if (draining === 0) return { code: "no_worker", message: "no worker is alive", hint: hintOfLog };
  const who = draining === 1 ? "the only worker is leaving and takes" : "all workers are leaving and take";
  const busy = finishing.length > 0 ? `; still running: ${listed(finishing)}` : "";
  const hint = "new workers take their places when they have left";
  return { code: "no_worker", message: `${who} no more jobs${busy}`, hint };
}

function disk({ diskShortage }: Facts): Reason[] {
  if (diskShortage === null) return [];
  return [
    {
      code: "disk_full",
      message: diskShortage,
      hint: "make room on the disk of the home; queuectl prune deletes jobs that have ended",
    },
  ];
}

function order(facts: Facts): Reason[] {
  const { ahead } = facts;
  if (ahead === 0 || !isClaimable(facts)) return [];
  return [
    { code: "jobs_before", message: ahead === 1 ? "1 due job comes before it" : `${ahead} due jobs come before it` },
  ];
}

/** Whether the job lacks nothing but a worker. */
function isClaimable({ job, now, queuePaused }: Facts): boolean {
  return job.state !== "blocked" && job.runAt <= now && !queuePaused;
}

/** A name for a new pool: this one, or with the first number behind it that no running pool has. */
function freeName(name: string, pools: readonly string[]): string {
  if (!pools.includes(name)) return name;
  let number = 2;
  while (pools.includes(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}
