/** What enqueue and run share: the flags that describe a job, and the job that they describe. */
import type { PreparedJob } from "../core/job-spec.js";
import type { Queue } from "../queue.js";
import { Option } from "./clipanion.js";
import { QueueCommand } from "./command.js";
import { inTermsOfFlags, type JobFlags, specFromFlags } from "./input/job-flags.js";

export abstract class JobCommand extends QueueCommand {
  static readonly takesCommand = true;

  id = Option.String("--id", { description: "ID | the job's name; made up if it is not given" });
  command = Option.String("--command", { description: "TEXT | what to run, with /bin/sh" });
  maxRetries = Option.String("--max-retries", { description: "N | how many attempts it gets in all" });
  priority = Option.String("--priority", { description: "N | higher runs first; default 0" });
  queue = Option.String("--queue", { description: "NAME | default: default" });
  runAt = Option.String("--run-at", {
    description: "TIME | not before: 2030-01-31T08:00:00Z, or local 2030-01-31 08:00",
  });
  delay = Option.String("--delay", { description: "DURATION | not before this has passed: 90s, 5m, 2h" });
  timeout = Option.String("--timeout", { description: "DURATION | how long an attempt may run; 0 is no limit" });
  backoffBase = Option.String("--backoff-base", {
    description: "N | the wait after attempt n is N to the power of n seconds",
  });
  cwd = Option.String("--cwd", { description: "DIR | where to run it; default: here" });
  env = Option.Array("--env", { description: "K=V | set an environment variable; may be repeated" });
  tags = Option.Array("--tag", { description: "TAG | may be repeated" });
  replace = Option.Boolean("--replace", false, {
    description: "take the place of a job with this id, unless it is processing",
  });

  protected flags(): JobFlags {
    const { id, command, maxRetries, priority, queue, runAt, delay, timeout, backoffBase, cwd, env, tags } = this;
    const argv = this.context.tail ?? undefined;
    return { id, command, maxRetries, priority, queue, runAt, delay, timeout, backoffBase, cwd, env, tags, argv };
  }

  /** @throws UsageError in terms of the flags */
  protected prepare(queue: Queue, flags: JobFlags): PreparedJob {
    try {
      return queue.prepare(specFromFlags(flags));
    } catch (error) {
      throw inTermsOfFlags(error);
    }
  }
}
