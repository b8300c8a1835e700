import { checkName } from "../../../core/job/ids.js";
import { NO_LIMITS } from "../../../core/limits/queue.js";
import { queueSettingsToJson } from "../../../json/queue.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { queueHooksText } from "../../render/hooks.js";
import { limitsText } from "../../render/limits.js";

export class QueueShowCommand extends QueueCommand {
  static override paths = [["queue", "show"]];
  static override usage = Command.Usage({
    description: "Show the limits, hooks and webhook of a queue",
    examples: [["By its name", "queuectl queue show mail"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const name = checkName("queue", this.name);
    const hooks = await client.queues.hooks(name);
    const limits = await client.queues.limits(name);
    if (this.json) {
      this.printJson(queueSettingsToJson(name, limits ?? NO_LIMITS, hooks));
      return;
    }
    const facts = [limits && `${"Limits".padEnd(14)}${limitsText(limits)}`, queueHooksText(hooks)].filter(Boolean);
    this.print(facts.join("\n") || `The queue ${name} has no limits, no hooks and no webhook`);
  }
}
