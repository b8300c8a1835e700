/**
 * The one rule for every way out of `processing`. The worker asks it when a command ends, the reaper when it takes a
 * job from a dead worker, and the shutdown when it interrupts a job. So no second retry rule exists.
 */
import { assertNever } from "../assert-never.js";
import { backoffDelay } from "../retry/backoff.js";
import { meaningOf } from "../retry/exit-codes.js";
import { overlay, type RetryPolicy, SNOOZE_MS } from "../retry/policy.js";
import type { Job } from "./job.js";
import type { Outcome } from "./outcome.js";
import type { SettleEvent } from "./state.js";

/** Facts that do not belong to the job. */
export interface Circumstances {
  readonly now: number;
  /** In [0, 1). */
  readonly random?: () => number;
}

export interface Decision {
  readonly event: SettleEvent;
  /** Milliseconds from now to the next `run_at`; 0 if there is none. */
  readonly delayMs: number;
}

/** A job interrupted this often is taken for the cause of the interruptions. */
export const MAX_INTERRUPTIONS = 10;

/** Delay before a job that could not start because the machine was short of a resource. */
const TRANSIENT_DELAY_MS = 1000;

type Subject = Pick<
  Job,
  "attempts" | "maxRetries" | "backoffBase" | "interruptions" | "losses" | "deadlineAt" | "options"
>;

/** @param policy applies where the job itself says nothing */
export function decide(
  job: Subject,
  outcome: Outcome,
  policy: RetryPolicy,
  { now, random = Math.random }: Circumstances,
): Decision {
  const decision = decideForNow(job, outcome, policy, random);
  const again = decision.event === "retry" || decision.event === "release";
  const late = job.deadlineAt !== null && now + decision.delayMs >= job.deadlineAt;
  return again && late ? BURY : decision;
}

const BURY: Decision = { event: "bury", delayMs: 0 };

/** Decides without regard to a deadline. */
function decideForNow(job: Subject, outcome: Outcome, policy: RetryPolicy, random: () => number): Decision {
  const giveBack = (delayMs: number): Decision =>
    job.interruptions + 1 >= MAX_INTERRUPTIONS ? BURY : { event: "release", delayMs };

  switch (outcome.kind) {
    case "succeeded":
      return { event: "complete", delayMs: 0 };
    case "cancelled":
      return { event: "cancel", delayMs: 0 };
    case "interrupted":
      return giveBack(0);
    case "not-started":
      return outcome.transient ? giveBack(TRANSIENT_DELAY_MS) : tryAgain(job, ruleOf(job, policy), random);
    case "lost":
    case "killed":
    case "timed-out":
      return tryAgain(job, ruleOf(job, policy), random, outcome.kind === "lost" && job.losses === 0);
    case "failed": {
      const rule = ruleOf(job, policy);
      const meaning = meaningOf(outcome.exitCode, rule.exitCodes);
      // The job asked for the delay, so it is no interruption. Only a deadline bounds it.
      if (meaning === "snooze") return { event: "release", delayMs: rule.snoozeDelayMs ?? SNOOZE_MS };
      return meaning === "final" ? BURY : tryAgain(job, rule, random);
    }
    default:
      return assertNever(outcome);
  }
}

/**
 * @param atOnce retry without delay, for the first loss in a row. From the second on, the job itself may kill its
 * worker.
 */
function tryAgain(job: Subject, rule: RetryPolicy, random: () => number, atOnce = false): Decision {
  if (job.attempts >= rule.maxRetries) return BURY;
  return { event: "retry", delayMs: atOnce ? 0 : backoffDelay(job.attempts, rule.backoff, random) };
}

function ruleOf({ maxRetries, backoffBase, options }: Subject, policy: RetryPolicy): RetryPolicy {
  return overlay({ ...options.retry, maxRetries, backoffBase }, policy);
}
