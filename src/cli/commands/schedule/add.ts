import { UsageError } from "../../../core/errors.js";
import type { JobSpec } from "../../../core/job-spec.js";
import { CATCHUPS, OVERLAPS } from "../../../core/schedule.js";
import type { Queue } from "../../../queue.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { inTermsOfFlags, specFromFlags } from "../../input/job-flags.js";
import { oneOf } from "../../input/values.js";
import { zonedText } from "../../render/schedule.js";
import { scheduleToJson } from "../../render/schedule-json.js";

const EXAMPLE = "for example: queuectl schedule add backup --cron '30 2 * * *' -- ./backup.sh";

export class ScheduleAddCommand extends QueueCommand {
  static override paths = [["schedule", "add"]];
  static readonly takesCommand = true;
  static readonly argumentHint = EXAMPLE;
  static override usage = Command.Usage({
    description: "Have a job enqueued by the clock, again and again",
    details:
      "The command is --command, or the words after -- (run without a shell); the other flags are those of enqueue and hold for " +
      "each job. A supervisor that runs (queuectl worker start) does it; only once for each time, however often it is " +
      "killed. The job finds the time that it is for in QUEUECTL_SCHEDULED_AT, and the schedule in QUEUECTL_SCHEDULE. " +
      "The fields are minute, hour, day, month, weekday; @hourly, @daily, @weekly, @monthly and @yearly are known too.",
    examples: [
      ["Every night", "queuectl schedule add backup --cron '30 2 * * *' --tz Europe/Berlin -- ./backup.sh"],
      [
        "Every five minutes, with a shell",
        "queuectl schedule add feed --cron '*/5 * * * *' --command 'curl -fsS $URL > feed'",
      ],
      [
        "Each, one after another",
        "queuectl schedule add report --cron @hourly --overlap queue --catchup all -- ./report.sh",
      ],
      ["Something else from now on", "queuectl schedule add backup --replace --cron '0 4 * * *' -- ./backup.sh"],
    ],
  });

  name = Option.String({ name: "NAME" });
  cron = Option.String("--cron", { description: "EXPRESSION | when: minute hour day month weekday, or @daily" });
  tz = Option.String("--tz", { description: "ZONE | whose clocks it goes by; default: this machine's, as it is now" });
  seconds = Option.Boolean("--seconds", false, {
    description: "the expression has a field for seconds before the others",
  });
  overlap = Option.String("--overlap", {
    description:
      "skip|queue|allow | while its last job has not ended: leave it out (default), wait for it, run beside it",
  });
  catchup = Option.String("--catchup", {
    description: "none|latest|all | what nobody was there for: forget it, once (default), each (1000 at most)",
  });
  replace = Option.Boolean("--replace", false, { description: "take the place of a schedule with this name" });
  command = Option.String("--command", { description: "TEXT | what to run, with /bin/sh" });
  queue = Option.String("--queue", { description: "NAME | default: default" });
  priority = Option.String("--priority", { description: "N | higher runs first; default 0" });
  maxRetries = Option.String("--max-retries", { description: "N | how many attempts each job gets in all" });
  timeout = Option.String("--timeout", { description: "DURATION | how long an attempt may run; 0 is no limit" });
  backoffBase = Option.String("--backoff-base", {
    description: "N | the wait after attempt n is N to the power of n seconds",
  });
  cwd = Option.String("--cwd", { description: "DIR | where to run it; default: here" });
  env = Option.Array("--env", { description: "K=V | set an environment variable; may be repeated" });
  tags = Option.Array("--tag", { description: "TAG | may be repeated" });
  unique = Option.String("--unique", { description: "KEY | only one unfinished job may have it" });
  onConflict = Option.String("--on-conflict", {
    description: "skip|replace|reject | if an unfinished job has the unique key; default reject",
  });
  limitKey = Option.String("--limit-key", { description: "KEY | of the jobs with it, at most --limit run at a time" });
  limit = Option.String("--limit", { description: "N | see --limit-key" });
  deadline = Option.String("--deadline", { description: "DURATION | for all attempts of a job together" });

  override async run(queue: Queue): Promise<undefined> {
    const { name, cron, tz, seconds, replace } = this;
    if (cron === undefined) throw new UsageError("queuectl schedule add needs --cron", EXAMPLE);
    const choices = {
      ...(tz !== undefined && { tz }),
      ...(this.overlap !== undefined && { overlap: oneOf(this.overlap, "--overlap", OVERLAPS) }),
      ...(this.catchup !== undefined && { catchup: oneOf(this.catchup, "--catchup", CATCHUPS) }),
    };
    const schedules = await queue.schedules();
    const job = this.#job();
    const schedule = await schedules
      .add({ name, cron, seconds, job, ...choices }, { replace })
      .catch((error) => Promise.reject(inTermsOfFlags(error)));
    const next = schedule.nextAt === null ? "" : `, next at ${zonedText(schedule.nextAt, schedule.zone)}`;
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Added schedule ${name}${schedule.paused ? ", which is paused" : next}`);
  }

  #job(): JobSpec {
    const { command, queue, priority, maxRetries, timeout, backoffBase, cwd, env, tags } = this;
    const { unique, onConflict, limitKey, limit, deadline } = this;
    const argv = this.context.tail ?? undefined;
    if (command !== undefined && argv !== undefined)
      throw new UsageError("--command and a command after -- cannot be combined", "give one of them");
    if (command === undefined && (argv === undefined || argv.length === 0))
      throw new UsageError("there is no command to run", EXAMPLE);
    const conditions = { unique, onConflict, limitKey, limit, deadline };
    return specFromFlags({
      command,
      argv,
      queue,
      priority,
      maxRetries,
      timeout,
      backoffBase,
      cwd,
      env,
      tags,
      ...conditions,
    });
  }
}
