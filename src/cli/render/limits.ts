/** The limits of a queue as text. */

import type { QueueLimits } from "../../core/limits/queue.js";
import { formatRate } from "../../core/limits/rate.js";

/** `2 at a time, 10/m, 1000 waiting`. Empty: no limits. */
export function limitsText({ concurrency, rate, maxLength }: QueueLimits): string {
  const parts = [
    ...(concurrency === null ? [] : [`${concurrency} at a time`]),
    ...(rate === null ? [] : [formatRate(rate)]),
    ...(maxLength === null ? [] : [`${maxLength} waiting`]),
  ];
  return parts.join(", ");
}
