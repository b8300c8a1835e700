import { policyToJson } from "../../../core/retry/spec.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { policyFacts } from "../../render/policy.js";

export class PolicyShowCommand extends QueueCommand {
  static override paths = [["policy", "show"]];
  static override usage = Command.Usage({
    description: "Show what a policy says; the rest is as configured",
    details: "In JSON, durations are milliseconds, and null is what it does not say.",
    examples: [["One policy", "queuectl policy show api"]],
  });

  name = Option.String({ name: "NAME" });

  override async run(client: Client): Promise<undefined> {
    const policy = await client.policies.get(this.name);
    if (this.json) this.printJson({ name: this.name, ...policyToJson(policy) });
    else for (const [flag, value] of policyFacts(policy)) this.print(`${flag}=${value}`);
  }
}
