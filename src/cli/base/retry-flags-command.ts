/** The flags for retries and time limits, shared by jobs, schedules and policies. */

import { type JobFlags, RETRY_FLAGS, taken } from "../input/job-flags.js";
import { Option } from "../parse/clipanion.js";
import { QueueCommand } from "./command.js";

export abstract class RetryFlagsCommand extends QueueCommand {
  maxRetries = Option.String("--max-retries", { description: "N | number of attempts in all" });
  timeout = Option.String("--timeout", {
    description: "DURATION | how long an attempt may run; 0 is no limit; default: job-timeout, 5m",
  });
  deadline = Option.String("--deadline", {
    description: "DURATION | for all its attempts together, from when it is first to run",
  });
  backoff = Option.String("--backoff", {
    description: "exponential|fixed | fixed: every wait is --backoff-base seconds",
  });
  backoffBase = Option.String("--backoff-base", {
    description: "N | the wait after attempt n is N to the power of n seconds",
  });
  backoffMax = Option.String("--backoff-max", { description: "DURATION | the longest wait between attempts" });
  jitter = Option.String("--jitter", { description: "0..1 | the share by which a wait randomly grows or shrinks" });
  retryOn = Option.String("--retry-on", { description: "CODES | retry only after these exit codes: 1,75" });
  noRetryOn = Option.String("--no-retry-on", { description: "CODES | these exit codes are final" });
  snoozeOn = Option.String("--snooze-on", {
    description: "CODES | these exit codes mean try later; the attempt does not count",
  });
  snoozeDelay = Option.String("--snooze-delay", { description: "DURATION | how much later; default 60s" });

  /** The given flags. */
  protected flags(): JobFlags {
    return taken(this, RETRY_FLAGS);
  }
}
