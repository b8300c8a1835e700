/** The limits of a queue. */

import type { QueueLimits } from "../../core/limits/queue.js";
import { formatRate } from "../../core/limits/rate.js";

/** `2 at a time, 10/m, 1000 waiting`; empty where there are none. */
export function limitsText({ concurrency, rate, maxLength }: QueueLimits): string {
  const parts = [
    ...(concurrency === null ? [] : [`${concurrency} at a time`]),
    ...(rate === null ? [] : [formatRate(rate)]),
    ...(maxLength === null ? [] : [`${maxLength} waiting`]),
  ];
  return parts.join(", ");
}
