/** The wording of log lines about schedules. */
import { assertNever } from "../core/assert-never.js";
import type { Tick } from "../core/schedule/schedule.js";
import { isoTime } from "../core/text/time.js";
import type { Logger } from "./log.js";

export function ticked(log: Logger, schedule: string, { at, outcome, job, note }: Tick): void {
  const fields = { schedule, scheduled_at: isoTime(at), outcome, job };
  const tick = `schedule ${schedule}, ${isoTime(at)}`;
  switch (outcome) {
    case "fired":
    case "manual":
      return log.info(fields, `${tick}: enqueued job ${job}`);
    case "skipped":
      return log.warn(fields, `${tick}: skipped, ${note}`);
    case "refused":
      return log.warn(fields, `${tick}: not enqueued, ${note}`);
    default:
      return assertNever(outcome);
  }
}
