import { removedPolicyToJson } from "../../../json/policy.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class PolicyRemoveCommand extends QueueCommand {
  static override paths = [["policy", "remove"]];
  static override usage = Command.Usage({
    description: "Remove a policy that no unfinished job names",
    examples: [["One policy", "queuectl policy remove api"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    await client.policies.remove(this.name);
    if (this.json) this.printJson(removedPolicyToJson(this.name));
    else this.print(`Removed policy ${this.name}`);
  }
}
