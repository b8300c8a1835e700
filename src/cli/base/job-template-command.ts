/** The flags of a job template: a job that may be enqueued again and again. */

import { type JobFlags, TEMPLATE_FLAGS, taken } from "../input/job-flags.js";
import { Option } from "../parse/clipanion.js";
import { RetryFlagsCommand } from "./retry-flags-command.js";

/** Groups for help, since one list would be too long. */
const FLAG_GROUPS = {
  "What it runs": ["--id", "--command", "--cwd", "--env", "--queue", "--priority", "--tag"],
  "When it may run": [
    "--run-at",
    "--delay",
    "--after",
    "--on-unmet",
    "--unique",
    "--on-conflict",
    "--limit-key",
    "--limit",
  ],
  "Attempts and retries": [
    "--max-retries",
    "--timeout",
    "--deadline",
    "--backoff",
    "--backoff-base",
    "--backoff-max",
    "--jitter",
    "--retry-on",
    "--no-retry-on",
    "--snooze-on",
    "--snooze-delay",
    "--policy",
  ],
  "What its processes may use": ["--nice", "--memory", "--cpu-time"],
  "What happens then": ["--on-completed", "--on-failed", "--on-dead", "--webhook-url", "--webhook-events"],
};

export abstract class JobTemplateCommand extends RetryFlagsCommand {
  static readonly takesCommand = true;
  static readonly flagGroups: Readonly<Record<string, readonly string[]>> = FLAG_GROUPS;

  command = Option.String("--command", { description: "TEXT | what to run, with /bin/sh" });
  cwd = Option.String("--cwd", { description: "DIR | where to run it; default: here" });
  env = Option.Array("--env", { description: "K=V | set an environment variable; may be repeated" });
  queue = Option.String("--queue", { description: "NAME | the queue to put it in; default: default" });
  priority = Option.String("--priority", { description: "N | higher runs first; default 0" });
  tags = Option.Array("--tag", { description: "TAG | a label to find it by; may be repeated" });
  unique = Option.String("--unique", { description: "KEY | only one unfinished job may have this key" });
  onConflict = Option.String("--on-conflict", {
    description: "skip|replace|reject | if an unfinished job has the unique key; default reject",
  });
  limitKey = Option.String("--limit-key", { description: "KEY | at most --limit jobs with this key run at a time" });
  limit = Option.String("--limit", { description: "N | see --limit-key" });
  policy = Option.String("--policy", { description: "NAME | retries and time limits of queuectl policy set" });
  nice = Option.String("--nice", { description: "N | -20 to 19; higher lets other programs go first" });
  memory = Option.String("--memory", { description: "SIZE | address space of each of its processes" });
  cpuTime = Option.String("--cpu-time", {
    description: "DURATION | processor time that each of its processes may use",
  });
  onCompleted = Option.String("--on-completed", { description: "COMMAND | run when it has completed" });
  onFailed = Option.String("--on-failed", { description: "COMMAND | run after each attempt that will be retried" });
  onDead = Option.String("--on-dead", { description: "COMMAND | run when it is dead" });
  webhookUrl = Option.String("--webhook-url", { description: "URL | post the event there when it ends" });
  webhookEvents = Option.String("--webhook-events", {
    description: "LIST | of completed,failed,dead; default completed,dead",
  });

  protected override flags(): JobFlags {
    const { tail } = this.context;
    return { ...super.flags(), ...taken(this, TEMPLATE_FLAGS), ...(tail && { argv: tail }) };
  }
}
