import { formatSetting, settingKey } from "../../../config/config.js";
import { settingsToJson, settingWithOriginToJson } from "../../../json/settings.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { settingsTable } from "../../render/settings.js";

export class ConfigGetCommand extends QueueCommand {
  static override paths = [["config", "get"]];
  static override usage = Command.Usage({
    description: "Print the value of a setting, or all of them",
    details: "In JSON, durations are seconds and sizes are bytes.",
    examples: [["For a script", "queuectl config get max-retries"]],
  });

  key = Option.String({ name: "KEY", required: false });

  override async run(client: Client): Promise<undefined> {
    const config = await client.config();
    if (this.key === undefined) {
      if (this.json) this.printJson(settingsToJson(config, { withOrigin: false }));
      else this.print(await settingsTable(config, { withOrigin: false }));
      return;
    }
    const key = settingKey(this.key);
    if (this.json) this.printJson(settingWithOriginToJson(key, config));
    else this.print(formatSetting(key, config.values[key]));
  }
}
