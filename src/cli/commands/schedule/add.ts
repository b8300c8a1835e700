import { UsageError } from "../../../core/errors.js";
import type { JobSpecJson } from "../../../core/job/spec.js";
import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { addSchedule } from "../../../queue/json-jobs.js";
import type { Schedule } from "../../../queue/schedules.js";
import { ScheduleCommand } from "../../base/schedule-command.js";
import { inTermsOfFlags } from "../../input/job-flags.js";
import { Command, Option } from "../../parse/clipanion.js";
import { zonedText } from "../../render/schedule.js";

const EXAMPLE = "for example: queuectl schedule add backup --cron '30 2 * * *' -- ./backup.sh";

export class ScheduleAddCommand extends ScheduleCommand {
  static override paths = [["schedule", "add"]];
  static readonly argumentHint = EXAMPLE;
  static override usage = Command.Usage({
    description: "Enqueue a job by the clock, again and again",
    details:
      "The command is --command, or the words after -- (run without a shell). The other flags are those of " +
      "enqueue and apply to each job. A running supervisor (queuectl worker start) enqueues the jobs, once for " +
      "each due time, however often it is killed. The job finds its due time in QUEUECTL_SCHEDULED_AT, and the " +
      "schedule in QUEUECTL_SCHEDULE. The fields are minute, hour, day, month, weekday; @hourly, @daily, " +
      "@weekly, @monthly and @yearly are known too. With --replace, a due time that has not been fired stays " +
      "due, unless the times change.",
    examples: [
      ["Every night", "queuectl schedule add backup --cron '30 2 * * *' --tz Europe/Berlin -- ./backup.sh"],
      [
        "Every five minutes, with a shell",
        "queuectl schedule add feed --cron '*/5 * * * *' --command 'curl -fsS $URL > feed'",
      ],
      [
        "Every hour, one after another, missed ones too",
        "queuectl schedule add report --cron @hourly --overlap queue --catchup all -- ./report.sh",
      ],
      ["A new command from now on", "queuectl schedule add backup --replace --cron '0 4 * * *' -- ./backup.sh"],
    ],
  });

  protected override readonly makesQueue = true;

  replace = Option.Boolean("--replace", false, { description: "replace the schedule with this name" });

  protected override async check(client: Client): Promise<void> {
    await this.#add(client);
  }

  override async run(client: Client): Promise<undefined> {
    const schedule = await this.#add(client);
    const next = schedule.nextAt === null ? "" : `, next at ${zonedText(schedule.nextAt, schedule.zone)}`;
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Added schedule ${this.name}${schedule.paused ? ", which is paused" : next}`);
  }

  async #add(client: Client): Promise<Schedule> {
    const { name, cron, seconds, replace } = this;
    if (cron === undefined) throw new UsageError("queuectl schedule add needs --cron", EXAMPLE);
    const choices = this.choices();
    const job = this.#wholeJob();
    return addSchedule(client, { name, cron, seconds, job, ...choices }, { replace }).catch((error) =>
      Promise.reject(inTermsOfFlags(error, this.flags())),
    );
  }

  #wholeJob(): JobSpecJson {
    const job = this.job();
    const { command, argv = [] } = this.flags();
    if (command === undefined && argv.length === 0) throw new UsageError("there is no command to run", EXAMPLE);
    return job;
  }
}
