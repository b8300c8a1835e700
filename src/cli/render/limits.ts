/** The limits of a queue. */

import type { QueueLimits } from "../../core/queue-limits.js";
import { formatRate } from "../../core/rate.js";

/** `2 at a time, 10/m, 1000 waiting`; empty where there are none. */
export function limitsText({ concurrency, rate, maxLength }: QueueLimits): string {
  const parts = [
    ...(concurrency === null ? [] : [`${concurrency} at a time`]),
    ...(rate === null ? [] : [formatRate(rate)]),
    ...(maxLength === null ? [] : [`${maxLength} waiting`]),
  ];
  return parts.join(", ");
}

/** The rate as it is typed. */
export function limitsToJson({ concurrency, rate, maxLength }: QueueLimits) {
  return { concurrency, rate: rate && formatRate(rate), max_length: maxLength };
}
