/**
 * Ends a running job from any process. Its worker is asked through the store and kills it. If the worker is dead, its
 * processes are killed from here and the lease is taken back.
 */

import { filesOfOwner } from "../../attempt/owner.js";
import { type QueueContext, reclaim } from "../../attempt/reclaim.js";
import { ConflictError } from "../../core/errors.js";
import type { Job } from "../../core/job/job.js";
import { type Look, waitUntil } from "../../core/wait-until.js";
import type { ProcessRecord, Store } from "../../store/contract/store.js";
import { livenessOf } from "../../system/process/identity.js";

/** How long the worker may take, in milliseconds. Killing takes one second; the rest is for a machine in trouble. */
const PATIENCE_MS = 15_000;

/** Resolves to the job after the end of this attempt. @throws ConflictError if its worker does not answer */
export async function endRunning(around: QueueContext, job: Job, reason: string | null): Promise<Job> {
  const { store } = around;
  const look = async (): Promise<Look<Job, Job>> => {
    const now = await store.jobs.get(job.id);
    if (now === null || now.state !== "processing" || now.fence !== job.fence) return { result: now ?? job };
    const owner = await deadOwner(store, job);
    if (owner !== undefined) await endAbandoned({ ...around, ...filesOfOwner(around, owner) }, job, reason);
    return { missing: job };
  };
  return waitUntil(look, { timeoutMs: PATIENCE_MS, pauseMs: store.pollMs.job, late: notAnswered });
}

function notAnswered({ id, workerId }: Job): ConflictError {
  return new ConflictError(
    `job ${id} is being cancelled, but its worker ${workerId} has not answered for ${PATIENCE_MS / 1000} s`,
    "the request stays: the job is cancelled as soon as its worker answers or is given up; see queuectl worker list",
  );
}

/** Undefined: it lives, or it is not known. */
async function deadOwner(store: Store, job: Job): Promise<ProcessRecord | undefined> {
  const owner = (await store.processes.list()).find((process) => process.id === job.workerId);
  return owner !== undefined && livenessOf(owner) === "dead" ? owner : undefined;
}

async function endAbandoned(around: QueueContext, job: Job, reason: string | null): Promise<void> {
  if ((await reclaim(around, { job, fence: job.fence }, { kind: "cancelled", reason })) !== null) return;
  throw new ConflictError(
    `job ${job.id} left processes that cannot be killed`,
    `see which: grep -lz QUEUECTL_JOB_ID=${job.id} /proc/*/environ`,
  );
}
