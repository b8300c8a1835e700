import { checkName } from "../../../core/ids.js";
import type { Queue } from "../../../queue.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { queueHooksJson, queueHooksText } from "../../render/hooks.js";

export class QueueShowCommand extends QueueCommand {
  static override paths = [["queue", "show"]];
  static override usage = Command.Usage({
    description: "What happens with the jobs of a queue: its hooks and its webhook",
    examples: [["What queue set has set", "queuectl queue show mail"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(queue: Queue): Promise<undefined> {
    const name = checkName("queue", this.name);
    const hooks = await queue.store.hooks.get(name);
    if (this.json) this.printJson({ name, ...queueHooksJson(hooks) });
    else this.print(queueHooksText(hooks) || `The queue ${name} has no hooks and no webhook`);
  }
}
