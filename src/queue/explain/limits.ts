/** Explains limits of the job's queue and of its limit key that are in full use. */

import { receiverOf } from "../../core/hook/webhook.js";
import { humanDuration } from "../../core/text/duration.js";
import { localTime } from "../../core/text/time.js";
import type { Facts, Reason } from "./facts.js";

export function limits({ job, now, hold, queueConcurrency }: Facts): Reason[] {
  if (hold === null) return [];
  const reasons: Reason[] = [];
  const { queue, limitKey, limit } = job;
  if (hold.queueFull) {
    const most = queueConcurrency ?? 0;
    const message = `queue ${queue} runs as many jobs as it may: ${most}`;
    const hint = `queuectl queue set ${queue} --concurrency ${most + 1} allows one more`;
    reasons.push({ code: "queue_full", message, hint });
  }
  if (hold.nextStartAt !== null) {
    const when = `${localTime(hold.nextStartAt)}, in ${humanDuration(Math.max(0, hold.nextStartAt - now))}`;
    const message = `the rate of queue ${queue} allows its next start at ${when}`;
    reasons.push({ code: "queue_rate", message, hint: `queuectl queue set ${queue} --rate none lifts it` });
  }
  if (hold.keyFull) {
    const receiver = receiverOf(limitKey);
    const message =
      receiver === null
        ? `the limit key ${JSON.stringify(limitKey)} has as many running jobs as it may: ${limit}`
        : `another delivery to ${receiver} is under way, and a receiver gets one at a time`;
    reasons.push({ code: "limit_key_full", message });
  }
  return reasons;
}
