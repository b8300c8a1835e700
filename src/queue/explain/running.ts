/** Explains where a job runs, or what became of the worker that ran it. */
import { humanDuration } from "../../core/text/duration.js";
import { nameFlag } from "../../home/pool.js";
import type { Facts, Reason } from "./facts.js";
import { limitText } from "./time-limit.js";

export function running(facts: Facts): Reason[] {
  const reasons = [lostWorker(facts) ?? attempt(facts)];
  if (facts.cancelRequested)
    reasons.push({ code: "cancelling", message: "its cancellation was requested, and it is being ended" });
  return reasons;
}

function attempt(facts: Facts): Reason {
  const { job, now, pid, workers } = facts;
  const { id, attempts, maxRetries, timeoutMs } = job;
  const worker = workers.find((one) => one.id === job.workerId);
  const elapsed = Math.max(0, now - (job.startedAt ?? now));
  const left = timeoutMs - elapsed;
  const parts = [
    `attempt ${attempts} of ${maxRetries} has been running for ${humanDuration(elapsed)}`,
    ...(pid === null ? [] : [`as process ${pid}`]),
    `in worker ${job.workerId}${worker ? ` (pid ${worker.pid})` : ""}`,
    timeoutMs === 0
      ? "without a time limit"
      : left > 0
        ? `${humanDuration(left)} of its time are left`
        : `its time is over, and it is being ended: ${limitText(facts)}`,
  ];
  return { code: "processing", message: parts.join(", "), hint: `queuectl logs -f ${id} shows what it writes` };
}

/** Then the attempt does not go on, however much of its time is left. Null: the worker lives, or is not known. */
function lostWorker({ job, supervisor, workers, pools }: Facts): Reason | null {
  const worker = workers.find((one) => one.id === job.workerId);
  if (worker?.state !== "dead") return null;
  const message = `its worker ${worker.id} (pid ${worker.pid}) is dead, and took attempt ${job.attempts} with it`;
  if (!supervisor.running) {
    const hint = "queuectl worker start --detach takes the job back and runs it again";
    return { code: "worker_dead", message: `${message}; no supervisor is running that would take it back`, hint };
  }
  const pool = pools.includes(worker.pool) ? worker.pool : pools[0];
  const hint = `if it stays so, queuectl worker logs${nameFlag(pools, pool)} shows what the supervisor waits for`;
  return { code: "worker_dead", message: `${message}; the supervisor takes it back`, hint };
}
