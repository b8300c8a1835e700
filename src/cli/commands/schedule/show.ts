import { scheduleWithTicksToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { showSchedule } from "../../render/schedule.js";

const SHOWN_TICKS = 10;

export class ScheduleShowCommand extends QueueCommand {
  static override paths = [["schedule", "show"]];
  static override usage = Command.Usage({
    description: "Show everything about a schedule, with its last ten due times",
    details:
      "A due time is fired, skipped (the last job had not ended), refused (the job could not be enqueued) or " +
      "manual (schedule run).",
    examples: [["By its name", "queuectl schedule show backup"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const schedules = client.schedules;
    const schedule = await schedules.get(this.name);
    const ticks = await schedules.ticks(schedule.name, SHOWN_TICKS);
    if (this.json) this.printJson(scheduleWithTicksToJson(schedule, ticks));
    else this.print(await showSchedule(schedule, ticks, client.now()));
  }
}
