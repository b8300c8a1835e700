import { formatSetting, SETTINGS, settingKey } from "../../../config/config.js";
import { settingToJson } from "../../../json/settings.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class ConfigUnsetCommand extends QueueCommand {
  static override paths = [["config", "unset"]];
  static override usage = Command.Usage({
    description: "Remove a stored setting, so that the default applies again",
    examples: [["Back to the default", "queuectl config unset max-retries"]],
  });

  key = Option.String({ name: "KEY" });

  override async run(client: Client): Promise<undefined> {
    const key = settingKey(this.key);
    await client.settings.unset(key);
    const value = SETTINGS[key].default;
    if (this.json) this.printJson(settingToJson(key, value));
    else this.print(`${key}=${formatSetting(key, value)}`);
  }
}
