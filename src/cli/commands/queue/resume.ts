import { pausedToJson } from "../../../json/queue.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class QueueResumeCommand extends QueueCommand {
  static override paths = [["queue", "resume"]];
  static override usage = Command.Usage({
    description: "Start the jobs of a paused queue again, at once",
    examples: [["After queuectl queue pause mail", "queuectl queue resume mail"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const changed = await client.queues.resume(this.name);
    if (this.json) this.printJson(pausedToJson(this.name, false, changed));
    else this.print(changed ? `Resumed queue ${this.name}` : `Queue ${this.name} is not paused`);
  }
}
