/** Explains how a job ended, and what would help. */
import type { ResolvedJob } from "../../core/job/job.js";
import { meaningOf } from "../../core/retry/exit-codes.js";
import { humanDuration } from "../../core/text/duration.js";
import { listed } from "../../core/text/listed.js";
import { adviceFor, culpritText } from "../jobs/culprits.js";
import type { Facts, Reason } from "./facts.js";
import { timeLimit } from "./time-limit.js";

export function ended(facts: Facts): Reason[] {
  const { id, state, lastError } = facts.job;
  const ago = `${humanDuration(Math.max(0, facts.now - (facts.job.finishedAt ?? facts.now)))} ago`;
  if (state === "completed") {
    return [{ code: "completed", message: `it completed ${ago}`, hint: `queuectl retry ${id} runs it again` }];
  }
  if (state === "cancelled") {
    const why = lastError?.startsWith("cancelled: ") ? lastError.slice("cancelled".length) : "";
    const hint = `queuectl retry ${id} runs it after all`;
    return [{ code: "cancelled", message: `it was cancelled ${ago}${why}`, hint }];
  }
  if (facts.culprits.length > 0) return [diedOfParent(facts, ago)];
  const limit = timeLimit(facts);
  // With the same time it would end the same way.
  const again = limit.length > 0 ? "" : `; queuectl dlq retry ${id} runs it again`;
  return [dead(facts, ago, again), ...limit];
}

/** Nothing is wrong with the job itself, and a retry would run it although its parent has failed. */
function diedOfParent({ job: { id }, culprits }: Facts, ago: string): Reason {
  const message = `it died ${ago} without having run, because ${listed(culprits.map(culpritText))}`;
  const logs = culprits.filter(({ state }) => state === "dead").slice(0, 1);
  const look = logs.map((culprit) => `queuectl explain ${culprit.id} says more; `).join("");
  return { code: "dead", message, hint: `${look}${adviceFor(id, culprits)}` };
}

function dead({ job, keptDead }: Facts, ago: string, again: string): Reason {
  const { id, attempts, lastError } = job;
  const last = attempts > 0 ? `${whyLast(job)}, ` : "";
  const message = `it is dead: ${last}${ago}${lastError === null ? "" : `: ${lastError}`}`;
  if (keptDead !== null) {
    const { holder } = keptDead;
    const by = holder === null ? "another job had" : `job ${holder} has`;
    return {
      code: "dead",
      message: `${message}; that was retried, but ${by} the unique key ${JSON.stringify(job.uniqueKey)}`,
      hint: `${holder === null ? "" : `when ${holder} has ended: `}queuectl retry ${id} runs it`,
    };
  }
  const hint = `queuectl logs ${id} shows what it wrote${again}`;
  return { code: "dead", message, hint };
}

/** An attempt may be the last although more were allowed. */
function whyLast({ attempts, maxRetries, exitCode, deadlineAt, options }: ResolvedJob): string {
  if (attempts >= maxRetries) return `attempt ${attempts} of ${maxRetries} was its last`;
  if (exitCode !== null && exitCode !== 0 && meaningOf(exitCode, options.retry) === "final")
    return `its rules make exit code ${exitCode} final`;
  if (deadlineAt !== null) return "its deadline left no time for another attempt";
  return `attempt ${attempts} of ${maxRetries} was its last`;
}
