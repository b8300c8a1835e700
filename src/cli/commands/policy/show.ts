import { policyToJson } from "../../../core/retry/spec.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { policyFacts } from "../../render/policy.js";

export class PolicyShowCommand extends QueueCommand {
  static override paths = [["policy", "show"]];
  static override usage = Command.Usage({
    description: "Show the values of a policy; the configuration decides the rest",
    details: "In JSON, durations are milliseconds, and a missing value is null.",
    examples: [["One policy", "queuectl policy show api"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const policy = await client.policies.get(this.name);
    if (this.json) this.printJson({ name: this.name, ...policyToJson(policy) });
    else for (const [flag, value] of policyFacts(policy)) this.print(`${flag}=${value}`);
  }
}
