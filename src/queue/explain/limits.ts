/** Explains limits of the job's queue and of its limit key that are in full use. */

import { receiverOf } from "../../core/hook/webhook.js";
import { humanDuration } from "../../core/text/duration.js";
import { localTime } from "../../core/text/time.js";
import type { Facts, Reason } from "./facts.js";

export function limits({ job, now, hold }: Facts): Reason[] {
  if (hold === null) return [];
  const reasons: Reason[] = [];
  const { queue, limitKey, limit } = job;
  if (hold.queueFull) {
    const message = `queue ${queue} runs as many jobs as it may`;
    reasons.push({ code: "queue_full", message, hint: `to allow more: queuectl queue set ${queue} --concurrency N` });
  }
  if (hold.nextStartAt !== null) {
    const when = `${localTime(hold.nextStartAt)}, in ${humanDuration(Math.max(0, hold.nextStartAt - now))}`;
    const message = `the rate of queue ${queue} allows its next start at ${when}`;
    reasons.push({ code: "queue_rate", message, hint: `to allow more: queuectl queue set ${queue} --rate N/TIME` });
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
