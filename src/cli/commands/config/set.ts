import { environmentName, formatSetting, parseSetting, START_SETTINGS, settingKey } from "../../../config/config.js";
import { UsageError } from "../../../core/errors.js";
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
  value = Option.String({ name: "VALUE", required: false });

  protected override async check(): Promise<void> {
    const [name, text] = this.#assignment();
    parseSetting(settingKey(name), text);
  }

  override async run(client: Client): Promise<undefined> {
    const [name, text] = this.#assignment();
    const key = settingKey(name);
    const value = parseSetting(key, text);
    await client.settings.set(key, text);
    if (this.json) this.printJson(settingToJson(key, value));
    else this.print(`${key}=${formatSetting(key, value)}`);
    if (START_SETTINGS.includes(key)) this.remark("It holds for pools that start from now on");
    const variable = environmentName(key);
    if (process.env[variable]) this.remark(`${variable} is set in this shell and overrides it`);
  }

  /** `KEY VALUE`, or `KEY=VALUE` as this command and `status` print it. */
  #assignment(): [name: string, text: string] {
    if (this.value !== undefined) return [this.key, this.value];
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(this.key) ?? [];
    if (name !== undefined && text !== undefined) return [name, text];
    throw new UsageError(
      "queuectl config set needs VALUE",
      `for example: queuectl config set ${settingKey(this.key)} 5`,
    );
  }
}
