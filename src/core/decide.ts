/**
 * The one rule for every way out of `processing`. The worker that saw a command end, the reaper that takes a job from a
 * dead worker and the shutdown that interrupts one all ask here, so that there is no second retry rule.
 */
import { assertNever } from "./assert-never.js";
import { type BackoffPolicy, backoffDelay } from "./backoff.js";
import type { Job } from "./job.js";
import type { Outcome } from "./outcome.js";
import type { SettleEvent } from "./state.js";

/** What applies to a job that does not say otherwise itself. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly backoff: BackoffPolicy;
}

/** What is not the job's own. */
export interface Circumstances {
  readonly now: number;
  /** In [0, 1). */
  readonly random?: () => number;
}

export interface Decision {
  readonly event: SettleEvent;
  /** From now to the job's next `run_at`; 0 where there is no next one. */
  readonly delayMs: number;
}

/** A job that was cut short this often without anybody blaming it is taken for the cause. */
export const MAX_INTERRUPTIONS = 10;

/** How long a job waits that could not start because the machine was short of something. */
const TRANSIENT_DELAY_MS = 1000;

export function decide(
  job: Pick<Job, "attempts" | "maxRetries" | "backoffBase" | "interruptions" | "losses" | "deadlineAt" | "options">,
  outcome: Outcome,
  policy: RetryPolicy,
  { now, random = Math.random }: Circumstances,
): Decision {
  const decision = decideForNow(job, outcome, policy, random);
  const again = decision.event === "retry" || decision.event === "release";
  const late = job.deadlineAt !== null && now + decision.delayMs >= job.deadlineAt;
  return again && late ? { event: "bury", delayMs: 0 } : decision;
}

/** As if there were no deadline. */
function decideForNow(
  job: Parameters<typeof decide>[0],
  outcome: Outcome,
  policy: RetryPolicy,
  random: () => number,
): Decision {
  const backoff = () =>
    backoffDelay(job.attempts, { ...policy.backoff, base: job.backoffBase ?? policy.backoff.base }, random);

  const giveBack = (delayMs: number): Decision =>
    job.interruptions + 1 >= MAX_INTERRUPTIONS ? { event: "bury", delayMs: 0 } : { event: "release", delayMs };

  const tryAgain = (delayMs: () => number): Decision =>
    job.attempts >= (job.maxRetries ?? policy.maxRetries)
      ? { event: "bury", delayMs: 0 }
      : { event: "retry", delayMs: delayMs() };

  switch (outcome.kind) {
    case "succeeded":
      return { event: "complete", delayMs: 0 };
    case "cancelled":
      return { event: "cancel", delayMs: 0 };
    case "interrupted":
      return giveBack(0);
    case "not-started":
      return outcome.transient ? giveBack(TRANSIENT_DELAY_MS) : tryAgain(backoff);
    case "lost":
      // The first loss in a row costs the job no time; after that it may be the job that kills its worker.
      return tryAgain(job.losses === 0 ? () => 0 : backoff);
    case "failed":
      return job.options.retry?.noRetryOn?.includes(outcome.exitCode)
        ? { event: "bury", delayMs: 0 }
        : tryAgain(backoff);
    case "killed":
    case "timed-out":
      return tryAgain(backoff);
    default:
      return assertNever(outcome);
  }
}
