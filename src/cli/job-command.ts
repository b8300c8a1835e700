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
  after = Option.Array("--after", {
    description:
      "ID[:ok|fail|any] | run it when that job has completed (failed, ended); may be repeated, all must hold",
  });
  onUnmet = Option.String("--on-unmet", {
    description: "bury|hold | if that can never be: die as well, or stay blocked",
  });
  unique = Option.String("--unique", { description: "KEY | only one unfinished job may have it" });
  onConflict = Option.String("--on-conflict", {
    description: "skip|replace|reject | if an unfinished job has the unique key; default reject",
  });
  limitKey = Option.String("--limit-key", { description: "KEY | of the jobs with it, at most --limit run at a time" });
  limit = Option.String("--limit", { description: "N | see --limit-key" });
  deadline = Option.String("--deadline", { description: "DURATION | for all its attempts together" });
  backoff = Option.String("--backoff", {
    description: "exponential|fixed | fixed: every wait is --backoff-base seconds",
  });
  backoffMax = Option.String("--backoff-max", { description: "DURATION | the longest wait between attempts" });
  jitter = Option.String("--jitter", { description: "0..1 | the share by which a wait randomly grows or shrinks" });
  retryOn = Option.String("--retry-on", { description: "CODES | only these exit codes are tried again: 1,75" });
  noRetryOn = Option.String("--no-retry-on", { description: "CODES | these exit codes are final" });
  snoozeOn = Option.String("--snooze-on", {
    description: "CODES | these exit codes mean try later; the attempt does not count",
  });
  snoozeDelay = Option.String("--snooze-delay", { description: "DURATION | how much later; default 60s" });
  policy = Option.String("--policy", { description: "NAME | what it does not say itself is as queuectl policy set" });
  nice = Option.String("--nice", { description: "N | -20 to 19; higher lets other programs go first" });
  memory = Option.String("--memory", { description: "SIZE | address space that each of its processes may use" });
  cpuTime = Option.String("--cpu-time", {
    description: "DURATION | processor time that each of its processes may use",
  });
  onCompleted = Option.String("--on-completed", { description: "COMMAND | run when it has completed" });
  onFailed = Option.String("--on-failed", { description: "COMMAND | run after each attempt that will be retried" });
  onDead = Option.String("--on-dead", { description: "COMMAND | run when it has died" });
  webhookUrl = Option.String("--webhook-url", { description: "URL | post its end there" });
  webhookEvents = Option.String("--webhook-events", {
    description: "LIST | of completed,failed,dead; default completed,dead",
  });
  replace = Option.Boolean("--replace", false, {
    description: "take the place of a job with this id, unless it is processing",
  });

  protected flags(): JobFlags {
    const { id, command, maxRetries, priority, queue, runAt, delay, timeout, backoffBase, cwd, env, tags } = this;
    const { after, onUnmet, unique, onConflict, limitKey, limit, deadline } = this;
    const when = { priority, queue, runAt, delay, after, onUnmet, unique, onConflict, limitKey, limit, deadline };
    const { onCompleted, onFailed, onDead, webhookUrl, webhookEvents } = this;
    const hooks = { onCompleted, onFailed, onDead, webhookUrl, webhookEvents };
    const { backoff, backoffMax, jitter, retryOn, noRetryOn, snoozeOn, snoozeDelay, policy } = this;
    const retries = { backoff, backoffMax, jitter, retryOn, noRetryOn, snoozeOn, snoozeDelay, policy };
    const { nice, memory, cpuTime } = this;
    const argv = this.context.tail ?? undefined;
    return {
      id,
      command,
      argv,
      cwd,
      env,
      tags,
      maxRetries,
      timeout,
      backoffBase,
      ...when,
      ...hooks,
      ...retries,
      nice,
      memory,
      cpuTime,
    };
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
