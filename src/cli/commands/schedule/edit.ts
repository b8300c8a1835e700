import { UsageError } from "../../../core/errors.js";
import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { addSchedule } from "../../../queue/json-jobs.js";
import { ScheduleCommand } from "../../base/schedule-command.js";
import { inTermsOfFlags } from "../../input/job-flags.js";
import { Command } from "../../parse/clipanion.js";
import { zonedText } from "../../render/schedule.js";

const EXAMPLE = "for example: queuectl schedule edit backup --cron '0 4 * * *'";

export class ScheduleEditCommand extends ScheduleCommand {
  static override paths = [["schedule", "edit"]];
  static readonly argumentHint = EXAMPLE;
  static override usage = Command.Usage({
    description: "Change a schedule: its times, its command or any other flag of schedule add",
    details:
      "Only what is given changes, for the jobs that it enqueues from then on. --env sets single variables, the others " +
      "stay. A new --cron has no field for seconds unless --seconds is given with it. A due time that has not been " +
      "fired stays due, unless the times change. A pause stays. Exit code 3: there is no such schedule.",
    examples: [
      ["Later at night", "queuectl schedule edit backup --cron '0 4 * * *'"],
      ["Another command, and more time for it", "queuectl schedule edit backup --timeout 2h -- ./backup.sh --full"],
    ],
  });

  override async run(client: Client): Promise<undefined> {
    const { name, cron, seconds } = this;
    const changes = this.job();
    const choices = this.choices();
    const given = [...Object.keys(changes), ...Object.keys(choices)];
    if (given.length === 0 && cron === undefined && !seconds) {
      throw new UsageError("there is nothing to change", EXAMPLE);
    }
    const { jobJson, ...before } = await client.schedules.get(name);
    const env = { ...(jobJson.env as Readonly<Record<string, string>> | undefined), ...changes.env };
    const edited = { ...jobJson, ...changes, ...(Object.keys(env).length > 0 && { env }) };
    const times = { cron: cron ?? before.cron, seconds: cron === undefined ? seconds || before.seconds : seconds };
    const { zone, overlap, catchup } = before;
    const spec = { name, ...times, zone, overlap, catchup, ...choices, job: edited };
    const schedule = await addSchedule(client, spec, { replace: true }).catch((error) =>
      Promise.reject(inTermsOfFlags(error, this.flags())),
    );
    const next = schedule.nextAt === null ? "" : `, next at ${zonedText(schedule.nextAt, schedule.zone)}`;
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Edited schedule ${name}${schedule.paused ? ", which is paused" : next}`);
  }
}
