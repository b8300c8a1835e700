import { removedScheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class ScheduleRemoveCommand extends QueueCommand {
  static override paths = [["schedule", "remove"]];
  static override usage = Command.Usage({
    description: "Remove a schedule; the jobs that it has enqueued stay",
    examples: [["By its name", "queuectl schedule remove backup"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    await client.schedules.remove(this.name);
    if (this.json) this.printJson(removedScheduleToJson(this.name));
    else this.print(`Removed schedule ${this.name}`);
  }
}
