import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class SchedulePauseCommand extends QueueCommand {
  static override paths = [["schedule", "pause"]];
  static override usage = Command.Usage({
    description: "Enqueue no jobs of a schedule until it is resumed",
    details:
      "Times that pass during the pause are not made up for. Jobs that it has already enqueued stay as they " + "are.",
    examples: [["During maintenance", "queuectl schedule pause backup"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const schedule = await client.schedules.pause(this.name);
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Paused schedule ${schedule.name}`);
  }
}
