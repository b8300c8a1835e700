import { settingsToJson } from "../../../json/settings.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { settingsTable } from "../../render/settings.js";

export class ConfigListCommand extends QueueCommand {
  static override paths = [["config", "list"]];
  static override usage = Command.Usage({
    description: "List every setting with its value",
    details: "config show is the same. In JSON, durations are seconds and sizes are bytes.",
    examples: [["With the source of each value", "queuectl config list --show-origin"]],
  });

  showOrigin = Option.Boolean("--show-origin", false, { description: "default, stored (config set) or environment" });

  override async run(client: Client): Promise<undefined> {
    const config = await client.config();
    if (this.json) this.printJson(settingsToJson(config, { withOrigin: this.showOrigin }));
    else this.print(await settingsTable(config, { withOrigin: this.showOrigin }));
  }
}
