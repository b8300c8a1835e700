/** Explains limits of the job's queue and of its limit key that are in full use. */

import { HOOK_QUEUE } from "../../core/hook/hook.js";
import { receiverOf } from "../../core/hook/webhook.js";
import { humanDuration } from "../../core/text/duration.js";
import { plural } from "../../core/text/plural.js";
import { quoteWord } from "../../core/text/quote-word.js";
import { localTime } from "../../core/text/time.js";
import { quoteValue } from "../../core/where/tokens.js";
import type { Facts, Reason } from "./facts.js";

export function limits({ job, now, hold, queueConcurrency }: Facts): Reason[] {
  if (hold === null) return [];
  const reasons: Reason[] = [];
  const { queue, limitKey, limit } = job;
  if (hold.queueFull) {
    const most = queueConcurrency ?? 0;
    const message = `queue ${queue} is at its limit of ${plural(most, "running job")}`;
    const hint = `queuectl queue set ${queue} --concurrency ${most + 1} allows one more`;
    reasons.push({ code: "queue_full", message, hint });
  }
  if (hold.nextStartAt !== null) {
    const when = `${localTime(hold.nextStartAt)}, in ${humanDuration(Math.max(0, hold.nextStartAt - now))}`;
    const message = `the rate of queue ${queue} allows its next start at ${when}`;
    reasons.push({ code: "queue_rate", message, hint: `queuectl queue set ${queue} --rate none lifts it` });
  }
  if (hold.keyFull) {
    reasons.push({ code: "limit_key_full", ...keyFull(limitKey ?? "", limit) });
  }
  return reasons;
}

function keyFull(limitKey: string, limit: number | null): Omit<Reason, "code"> {
  const receiver = receiverOf(limitKey);
  if (receiver !== null) {
    const message = `another delivery to ${receiver} is under way, and a receiver gets one at a time`;
    return { message, hint: `queuectl list --queue ${HOOK_QUEUE} --state processing shows it` };
  }
  const where = quoteWord(`limit_key=${quoteValue(limitKey)}`);
  return {
    message: `the limit key ${JSON.stringify(limitKey)} is at its limit of ${plural(limit ?? 0, "running job")}`,
    hint: `queuectl list --state processing --where ${where} shows them`,
  };
}
