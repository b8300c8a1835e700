/** Explains the time limit of a job whose newest attempt ran out of time: how long it is, and who set it. */
import { environmentName } from "../../config/config.js";
import { formatDuration } from "../../core/text/duration.js";
import type { Facts, Reason } from "./facts.js";

export function timeLimit(facts: Facts): Reason[] {
  const { job, timedOut } = facts;
  const { id, state, deadlineAt, deadlineMs, updatedAt, timeoutMs } = job;
  if (!timedOut || (state !== "failed" && state !== "dead")) return [];
  if (deadlineAt !== null && deadlineAt <= updatedAt) {
    if (state !== "dead") return [];
    const hint = `queuectl retry ${id} gives it ${formatDuration(deadlineMs ?? 0)} anew`;
    return [{ code: "time_limit", message: "its deadline ended its last attempt", hint }];
  }
  if (timeoutMs === 0) return [];
  return [{ code: "time_limit", message: `it ran out of time: ${limitText(facts)}`, hint: moreTime(facts) }];
}

/** `its time limit is 5m, the default of job-timeout`. */
export function limitText({ job, timeoutFrom }: Pick<Facts, "job" | "timeoutFrom">): string {
  const limit = `its time limit is ${formatDuration(job.timeoutMs)}`;
  switch (timeoutFrom) {
    case "job":
      return `${limit}, its own`;
    case "policy":
      return `${limit}, from its policy ${job.options.policy}`;
    case "default":
      return `${limit}, the default of job-timeout`;
    case "environment":
      return `${limit}, from ${environmentName("job-timeout")}`;
    default:
      return `${limit}, from the configuration of job-timeout`;
  }
}

/** Twice the time is a guess, which the user may change. */
function moreTime({ job, timeoutFrom }: Facts): string {
  const { id, state, timeoutMs, options } = job;
  const twice = formatDuration(2 * timeoutMs);
  const retry = state === "dead" ? `, and queuectl retry ${id} runs it again` : "";
  const own = `queuectl edit ${id} --set timeout=${twice} gives it more time${retry}`;
  if (timeoutFrom === "policy") {
    return `${own}; queuectl policy set ${options.policy} --timeout ${twice} gives it to all jobs of the policy`;
  }
  if (timeoutFrom === "job" || timeoutFrom === "environment") return own;
  return `${own}; queuectl config set job-timeout ${twice} gives it to all jobs without a limit of their own`;
}
