import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";
import { scheduleColumns } from "../../render/schedule.js";
import { renderTable } from "../../terminal/table.js";

export class ScheduleListCommand extends QueueCommand {
  static override paths = [["schedule", "list"]];
  static override usage = Command.Usage({
    description: "List the schedules, each with its next time",
    examples: [["For a script", "queuectl schedule list --json"]],
  });

  override async run(client: Client): Promise<undefined> {
    const schedules = await client.schedules.list();
    if (this.json) this.printJson(schedules.map(scheduleToJson));
    else if (schedules.length === 0) this.print("No schedules");
    else this.print(await renderTable(scheduleColumns(client.now()), schedules));
  }
}
