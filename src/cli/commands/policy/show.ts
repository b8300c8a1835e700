import { policyToJson } from "../../../json/policy.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { policyFacts } from "../../render/policy.js";

export class PolicyShowCommand extends QueueCommand {
  static override paths = [["policy", "show"]];
  static override usage = Command.Usage({
    description: "Show the values of a policy; the configuration decides the rest",
    details: "JSON has the keys and units of enqueue: durations are seconds. A missing value is null.",
    examples: [["One policy", "queuectl policy show api"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const policy = await client.policies.get(this.name);
    if (this.json) this.printJson(policyToJson(this.name, policy));
    else for (const [flag, value] of policyFacts(policy)) this.print(`${flag}=${value}`);
  }
}
