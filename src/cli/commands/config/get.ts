import { formatSetting, settingKey } from "../../../config/config.js";
import { settingWithOriginToJson } from "../../../json/settings.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class ConfigGetCommand extends QueueCommand {
  static override paths = [["config", "get"]];
  static override usage = Command.Usage({
    description: "Print the value of a setting",
    details: "In JSON, durations are seconds and sizes are bytes.",
    examples: [["For a script", "queuectl config get max-retries"]],
  });

  key = Option.String({ name: "KEY" });

  override async run(client: Client): Promise<undefined> {
    const key = settingKey(this.key);
    const config = await client.config();
    if (this.json) this.printJson(settingWithOriginToJson(key, config));
    else this.print(formatSetting(key, config.values[key]));
  }
}
