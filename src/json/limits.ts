/** The limits of a queue as JSON. */
import type { QueueLimits } from "../core/limits/queue.js";
import { formatRate } from "../core/limits/rate.js";

/** The rate as it is typed. */
export function limitsToJson({ concurrency, rate, maxLength }: QueueLimits) {
  return { concurrency, rate: rate && formatRate(rate), max_length: maxLength };
}
