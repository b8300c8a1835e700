import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { zonedText } from "../../render/schedule.js";

export class ScheduleResumeCommand extends QueueCommand {
  static override paths = [["schedule", "resume"]];
  static override usage = Command.Usage({
    description: "Resume a paused schedule from now on",
    examples: [["After maintenance", "queuectl schedule resume backup"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const schedule = await client.schedules.resume(this.name);
    const { name, nextAt, zone } = schedule;
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Resumed schedule ${name}${nextAt === null ? "" : `, next at ${zonedText(nextAt, zone)}`}`);
  }
}
