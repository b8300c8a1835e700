import { UsageError } from "../../../core/errors.js";
import { policyToJson } from "../../../core/policy-spec.js";
import type { Queue } from "../../../queue.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { inTermsOfFlags } from "../../input/job-flags.js";
import { given, retryFromFlags } from "../../input/retry-flags.js";
import { policyText } from "../../render/policy.js";

/** Takes back what the policy says of a flag. */
const NONE = "none";

export class PolicySetCommand extends QueueCommand {
  static override paths = [["policy", "set"]];
  static override usage = Command.Usage({
    description: "Make a policy that jobs can name with enqueue --policy, or change what it says",
    details:
      "What a job says itself goes before its policy, and that before the configuration. A change applies to jobs claimed " +
      "from then on. The value none takes back what the policy says; other flags stay as they were.",
    examples: [
      ["For jobs that call a service", "queuectl policy set api --max-retries 10 --backoff fixed --backoff-base 30"],
      ["Which exit codes are worth another try", "queuectl policy set api --retry-on 1,7 --snooze-on 75"],
      ["Take one back", "queuectl policy set api --retry-on none"],
    ],
  });

  name = Option.String({ name: "NAME" });
  maxRetries = Option.String("--max-retries", { description: "N | how many attempts a job gets in all" });
  backoff = Option.String("--backoff", {
    description: "exponential|fixed | fixed: every wait is --backoff-base seconds",
  });
  backoffBase = Option.String("--backoff-base", {
    description: "N | the wait after attempt n is N to the power of n seconds",
  });
  backoffMax = Option.String("--backoff-max", { description: "DURATION | the longest wait between attempts" });
  jitter = Option.String("--jitter", { description: "0..1 | the share by which a wait randomly grows or shrinks" });
  retryOn = Option.String("--retry-on", { description: "CODES | only these exit codes are tried again: 1,75" });
  noRetryOn = Option.String("--no-retry-on", { description: "CODES | these exit codes are final" });
  snoozeOn = Option.String("--snooze-on", {
    description: "CODES | these exit codes mean try later; the attempt does not count",
  });
  snoozeDelay = Option.String("--snooze-delay", { description: "DURATION | how much later; default 60s" });
  timeout = Option.String("--timeout", { description: "DURATION | how long an attempt may run; 0 is no limit" });
  deadline = Option.String("--deadline", {
    description: "DURATION | for all attempts together, of jobs that are enqueued from now on",
  });

  override async run(queue: Queue): Promise<undefined> {
    const changes = this.#changes();
    if (Object.keys(changes).length === 0) {
      throw new UsageError("queuectl policy set needs something to set", "for example: --max-retries 5");
    }
    const policy = await this.#set(queue, changes);
    if (this.json) this.printJson({ name: this.name, ...policyToJson(policy) });
    else this.print(`Policy ${this.name}: ${policyText(policy)}`);
  }

  async #set(queue: Queue, changes: object) {
    try {
      return await queue.policies.set(this.name, changes);
    } catch (error) {
      throw inTermsOfFlags(error);
    }
  }

  #changes(): object {
    const { maxRetries, backoff, backoffBase, backoffMax, jitter, retryOn, noRetryOn, snoozeOn, snoozeDelay } = this;
    const { timeout, deadline } = this;
    const retries = { maxRetries, backoff, backoffBase, backoffMax, jitter, retryOn, noRetryOn, snoozeOn, snoozeDelay };
    const flags = { ...retries, timeout, deadline };
    const taken = Object.entries(flags).filter(([, value]) => value === NONE);
    const nulls = Object.fromEntries(taken.map(([name]) => [snakeCase(name), null]));
    const wishes = Object.fromEntries(
      Object.entries(flags).map(([name, value]) => [name, value === NONE ? undefined : value]),
    );
    return { ...given(retryFromFlags(wishes as typeof flags)), ...nulls };
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
