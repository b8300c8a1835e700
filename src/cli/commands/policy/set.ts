import { UsageError } from "../../../core/errors.js";
import { policyToJson } from "../../../json/policy.js";
import type { Client } from "../../../queue/client.js";
import { setPolicy } from "../../../queue/json-jobs.js";
import { RetryFlagsCommand } from "../../base/retry-flags-command.js";
import { inTermsOfFlags, keyOf, specFromFlags } from "../../input/job-flags.js";
import { Command, Option } from "../../parse/clipanion.js";
import { policyText } from "../../render/policy.js";

/** Removes a value from the policy. */
const NONE = "none";

export class PolicySetCommand extends RetryFlagsCommand {
  static override paths = [["policy", "set"]];
  static override usage = Command.Usage({
    description: "Create or change a policy that jobs can name with enqueue --policy",
    details:
      "The job's own values come before its policy, and the policy before the configuration. A change applies " +
      "to jobs claimed from then on, a new deadline to jobs enqueued from then on. The value none removes a " +
      "value from the policy; other values stay.",
    examples: [
      ["For jobs that call a service", "queuectl policy set api --max-retries 10 --backoff fixed --backoff-base 30"],
      ["Retry only after some exit codes", "queuectl policy set api --retry-on 1,7 --snooze-on 75"],
      ["Remove a value", "queuectl policy set api --retry-on none"],
    ],
  });

  protected override readonly makesQueue = true;

  name = Option.String({ name: "NAME" });
  protected override async check(client: Client): Promise<void> {
    await this.#set(client);
  }

  override async run(client: Client): Promise<undefined> {
    const policy = await this.#set(client);
    if (this.json) this.printJson(policyToJson(this.name, policy));
    else this.print(`Policy ${this.name}: ${policyText(policy)}`);
  }

  async #set(client: Client) {
    const changes = this.#changes();
    if (Object.keys(changes).length === 0) {
      throw new UsageError(
        "queuectl policy set needs something to set",
        `for example: queuectl policy set ${this.name} --max-retries 5`,
      );
    }
    try {
      return await setPolicy(client, this.name, changes);
    } catch (error) {
      throw inTermsOfFlags(error);
    }
  }

  #changes(): object {
    const flags = Object.entries(this.flags());
    const kept = flags.filter(([, value]) => value !== NONE);
    const dropped = flags.filter(([, value]) => value === NONE);
    return {
      ...specFromFlags(Object.fromEntries(kept)),
      ...Object.fromEntries(dropped.map(([name]) => [keyOf(name), null])),
    };
  }
}
