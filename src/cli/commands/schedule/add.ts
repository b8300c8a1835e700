import { UsageError } from "../../../core/errors.js";
import type { JobSpec } from "../../../core/job/spec.js";
import { CATCHUPS, OVERLAPS } from "../../../core/schedule/schedule.js";
import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { JobTemplateCommand } from "../../base/job-template-command.js";
import { inTermsOfFlags, specFromFlags } from "../../input/job-flags.js";
import { oneOf } from "../../input/values.js";
import { Command, Option } from "../../parse/clipanion.js";
import { zonedText } from "../../render/schedule.js";

const EXAMPLE = "for example: queuectl schedule add backup --cron '30 2 * * *' -- ./backup.sh";

export class ScheduleAddCommand extends JobTemplateCommand {
  static override paths = [["schedule", "add"]];
  static readonly argumentHint = EXAMPLE;
  static override usage = Command.Usage({
    description: "Have a job enqueued by the clock, again and again",
    details:
      "The command is --command, or the words after -- (run without a shell); the other flags are those of enqueue and hold for " +
      "each job. A supervisor that runs (queuectl worker start) does it; only once for each time, however often it is " +
      "killed. The job finds the time that it is for in QUEUECTL_SCHEDULED_AT, and the schedule in QUEUECTL_SCHEDULE. " +
      "The fields are minute, hour, day, month, weekday; @hourly, @daily, @weekly, @monthly and @yearly are known too. " +
      "With --replace, what was due and has not been fired stays due, unless the times are others now.",
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
  override async run(client: Client): Promise<undefined> {
    const { name, cron, tz, seconds, replace } = this;
    if (cron === undefined) throw new UsageError("queuectl schedule add needs --cron", EXAMPLE);
    const choices = {
      ...(tz !== undefined && { tz }),
      ...(this.overlap !== undefined && { overlap: oneOf(this.overlap, "--overlap", OVERLAPS) }),
      ...(this.catchup !== undefined && { catchup: oneOf(this.catchup, "--catchup", CATCHUPS) }),
    };
    const schedules = await client.schedules();
    const job = this.#job();
    const schedule = await schedules
      .add({ name, cron, seconds, job, ...choices }, { replace })
      .catch((error) => Promise.reject(inTermsOfFlags(error, this.flags())));
    const next = schedule.nextAt === null ? "" : `, next at ${zonedText(schedule.nextAt, schedule.zone)}`;
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Added schedule ${name}${schedule.paused ? ", which is paused" : next}`);
  }

  #job(): JobSpec {
    const flags = this.flags();
    if (flags.command !== undefined && flags.argv !== undefined)
      throw new UsageError("--command and a command after -- cannot be combined", "give one of them");
    if (flags.command === undefined && (flags.argv ?? []).length === 0)
      throw new UsageError("there is no command to run", EXAMPLE);
    return specFromFlags(flags);
  }
}
