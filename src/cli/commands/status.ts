import { statusToJson } from "../../json/status.js";
import type { Client } from "../../queue/client.js";
import { QueueCommand } from "../base/command.js";
import { Command } from "../parse/clipanion.js";
import { statusText } from "../render/status.js";

export class StatusCommand extends QueueCommand {
  static override paths = [["status"]];
  static override usage = Command.Usage({
    description: "Show the state of the queue: jobs by state, workers, supervisor, home, configuration",
    details: "Of the configuration it shows what differs from the default.",
    examples: [["For a script", "queuectl status --json"]],
  });

  override async run(client: Client): Promise<undefined> {
    const status = await client.status();
    if (this.json) this.printJson(statusToJson(status));
    else this.print(await statusText(status));
  }
}
