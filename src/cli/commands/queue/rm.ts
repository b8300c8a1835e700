import { removedQueueToJson } from "../../../json/queue.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class QueueRmCommand extends QueueCommand {
  static override paths = [["queue", "rm"]];
  static override usage = Command.Usage({
    description: "Remove an empty queue: its limits, its pause, its hooks and its name",
    details:
      "For a name that was a mistake. A job that names the queue later makes it anew, without limits. Exit code 6: " +
      "there are jobs in it, or a schedule enqueues into it. 3: there is no such queue.",
    examples: [
      ["A mistyped name", "queuectl queue rm mial"],
      ["With its jobs", "queuectl jobs delete --queue mial && queuectl queue rm mial"],
    ],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    await client.queues.remove(this.name);
    if (this.json) this.printJson(removedQueueToJson(this.name));
    else this.print(`Removed queue ${this.name}`);
  }
}
