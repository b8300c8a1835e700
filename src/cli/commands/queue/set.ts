import { UsageError } from "../../../core/errors.js";
import { checkUserQueue } from "../../../core/job/ids.js";
import { LARGEST_LIMIT, type QueueLimits } from "../../../core/limits/queue.js";
import { parseRate } from "../../../core/limits/rate.js";
import { parseWhole } from "../../../core/text/number.js";
import { queueSettingsToJson } from "../../../json/queue.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { hookChange, webhookSecret } from "../../input/hook-flags.js";
import { inTermsOfFlags } from "../../input/job-flags.js";
import { Command, Option } from "../../parse/clipanion.js";
import { queueHooksText } from "../../render/hooks.js";
import { limitsText } from "../../render/limits.js";

/** Removes a limit. */
const NONE = "none";

export class QueueSetCommand extends QueueCommand {
  static override paths = [["queue", "set"]];
  static override usage = Command.Usage({
    description: "Set the limits, hooks and webhook of a queue",
    details:
      "A value that is not given stays; none removes it. Limits hold for all workers together. They apply to " +
      "jobs that are already in the queue too, from the next start on; running jobs go on. If too many jobs " +
      "wait, enqueue fails with exit code 75.",
    examples: [
      ["Two at a time, and ten a minute", "queuectl queue set mail --concurrency 2 --rate 10/m"],
      ["At most a thousand waiting jobs", "queuectl queue set mail --max-length 1000"],
      ["A mail for each dead job", `queuectl queue set mail --on-dead 'mail -s "$QUEUECTL_HOOK_JOB_ID" me'`],
      [
        "A signed webhook at the end of each job",
        "queuectl queue set mail --webhook-url URL --webhook-secret-file FILE",
      ],
      ["Remove them", "queuectl queue set mail --rate none --on-dead none --webhook-url none"],
    ],
  });

  protected override readonly makesQueue = true;

  name = Option.String({ name: "NAME" });
  concurrency = Option.String("--concurrency", { description: "N|none | most jobs that run at a time" });
  rate = Option.String("--rate", {
    description: "N/TIME|none | most jobs that start within a time: 10/m, 3/s, 5/30s",
  });
  maxLength = Option.String("--max-length", {
    description: "N|none | most jobs that may wait; only retries may exceed it",
  });
  completed = Option.String("--on-completed", { description: "COMMAND | run when a job has completed; or none" });
  failed = Option.String("--on-failed", {
    description: "COMMAND | run after each attempt that will be retried; or none",
  });
  dead = Option.String("--on-dead", { description: "COMMAND | run when a job is dead; or none" });
  webhookUrl = Option.String("--webhook-url", { description: "URL | post an event there when a job ends; or none" });
  webhookEvents = Option.String("--webhook-events", {
    description: "LIST | of completed,failed,dead; default completed,dead",
  });
  webhookSecretFile = Option.String("--webhook-secret-file", {
    description: "FILE | sign webhooks with the text of this file, without its last line end",
  });
  webhookSecret = Option.String("--webhook-secret", {
    description: "- | sign webhooks with the secret on stdin; or none",
  });

  /** A secret on stdin can be read only once, so it is not checked beforehand. */
  protected override async check(client: Client): Promise<void> {
    const name = checkUserQueue(this.name);
    const changes = this.#limits();
    const change = hookChange(this);
    if (Object.keys(change).length > 0) await this.#changeHooks(client, name, change, undefined);
    if (changes !== null) await client.queues.limit(name, changes);
    else if (
      Object.keys(change).length === 0 &&
      this.webhookSecretFile === undefined &&
      this.webhookSecret === undefined
    )
      throw nothingToSet();
  }

  override async run(client: Client): Promise<undefined> {
    const name = checkUserQueue(this.name);
    // All flags are read and checked before the first write.
    const changes = this.#limits();
    const change = hookChange(this);
    const secret = webhookSecret(this);
    const hooksToo = Object.keys(change).length > 0 || secret !== undefined;
    if (changes === null && !hooksToo) throw nothingToSet();
    const hooks = hooksToo ? await this.#changeHooks(client, name, change, secret) : null;
    const limits = changes === null ? null : await client.queues.limit(name, changes);
    if (this.json) {
      this.printJson(queueSettingsToJson(name, limits, hooks));
      return;
    }
    if (limits) this.print(`Queue ${name}: ${limitsText(limits) || "no limits"}`);
    if (hooks) this.print(`Set queue ${name}\n${queueHooksText(hooks)}`.trimEnd());
  }

  #changeHooks(
    client: Client,
    name: string,
    ...change: [ReturnType<typeof hookChange>, ReturnType<typeof webhookSecret>]
  ) {
    return client.queues.setHooks(name, ...change).catch((error) => {
      throw inTermsOfFlags(error);
    });
  }

  /** Null: no limit is given. @throws UsageError */
  #limits(): Partial<QueueLimits> | null {
    const { concurrency, rate, maxLength } = this;
    if (concurrency === undefined && rate === undefined && maxLength === undefined) return null;
    return {
      ...(concurrency !== undefined && { concurrency: limit(concurrency, "--concurrency") }),
      ...(rate !== undefined && { rate: rate === NONE ? null : parseRate(rate, "--rate") }),
      ...(maxLength !== undefined && { maxLength: limit(maxLength, "--max-length") }),
    };
  }
}

function limit(text: string, flag: string): number | null {
  return text === NONE ? null : parseWhole(text, flag, 1, LARGEST_LIMIT);
}

function nothingToSet(): UsageError {
  return new UsageError("there is nothing to set", "queuectl queue set --help lists the flags");
}
