import { UsageError } from "../../../core/errors.js";
import { checkUserQueue } from "../../../core/ids.js";
import type { Queue } from "../../../queue.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { hookChange, webhookSecret } from "../../input/hook-flags.js";
import { inTermsOfFlags } from "../../input/job-flags.js";
import { queueHooksJson, queueHooksText } from "../../render/hooks.js";

export class QueueSetCommand extends QueueCommand {
  static override paths = [["queue", "set"]];
  static override usage = Command.Usage({
    description: "Say what happens with the jobs of a queue",
    details:
      "What is not named stays as it is; none takes it away. It applies to jobs that are in the queue already, too.",
    examples: [
      ["Hear of jobs that died", `queuectl queue set mail --on-dead 'mail -s "$QUEUECTL_HOOK_JOB_ID" me'`],
      ["Post the end of jobs, signed", "queuectl queue set mail --webhook-url URL --webhook-secret-file FILE"],
      ["No more of it", "queuectl queue set mail --on-dead none --webhook-url none"],
    ],
  });

  name = Option.String({ name: "NAME" });
  completed = Option.String("--on-completed", { description: "COMMAND | run when a job has completed; or none" });
  failed = Option.String("--on-failed", {
    description: "COMMAND | run after each attempt that will be retried; or none",
  });
  dead = Option.String("--on-dead", { description: "COMMAND | run when a job has died; or none" });
  webhookUrl = Option.String("--webhook-url", { description: "URL | post the end of jobs there; or none" });
  webhookEvents = Option.String("--webhook-events", {
    description: "LIST | of completed,failed,dead; default completed,dead",
  });
  webhookSecretFile = Option.String("--webhook-secret-file", {
    description: "FILE | sign webhooks with what it holds",
  });
  webhookSecret = Option.String("--webhook-secret", { description: "- | sign them with what stdin holds; or none" });

  override async run(queue: Queue): Promise<undefined> {
    const name = checkUserQueue(this.name);
    const change = hookChange(this);
    const secret = webhookSecret(this);
    if (Object.keys(change).length === 0 && secret === undefined) {
      throw new UsageError("there is nothing to set", "queuectl queue set --help lists what there is");
    }
    const hooks = await queue.store.hooks.change(name, change, secret).catch((error) => {
      throw inTermsOfFlags(error);
    });
    if (this.json) this.printJson({ name, ...queueHooksJson(hooks) });
    else this.print(`Set queue ${name}\n${queueHooksText(hooks)}`.trimEnd());
  }
}
