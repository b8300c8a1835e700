import { environmentName, formatSetting, parseSetting, settingKey } from "../../../config/config.js";
import { settingToJson } from "../../../json/settings.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class ConfigSetCommand extends QueueCommand {
  static override paths = [["config", "set"]];
  static override usage = Command.Usage({
    description: "Store a setting; it applies to jobs claimed from then on, without a restart",
    examples: [
      ["The number of attempts of a job", "queuectl config set max-retries 5"],
      ["A duration: seconds, or with a unit", "queuectl config set job-timeout 10m"],
    ],
  });

  protected override readonly makesQueue = true;

  key = Option.String({ name: "KEY" });
  value = Option.String({ name: "VALUE" });

  override async run(client: Client): Promise<undefined> {
    const key = settingKey(this.key);
    const value = parseSetting(key, this.value);
    await client.settings.set(key, this.value);
    if (this.json) this.printJson(settingToJson(key, value));
    else this.print(`${key}=${formatSetting(key, value)}`);
    const variable = environmentName(key);
    if (process.env[variable]) this.remark(`${variable} is set in this shell and overrides it`);
  }
}
