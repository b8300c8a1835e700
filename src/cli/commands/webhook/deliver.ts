import { writeFileSync } from "node:fs";
import { UsageError } from "../../../core/errors.js";
import { REFUSED_EXIT_CODE } from "../../../core/hook/webhook.js";
import { oneLine } from "../../../core/text/visible.js";
import type { Client } from "../../../queue/client.js";
import { webhookSecret } from "../../../queue/webhook-secret.js";
import { messageFrom } from "../../../webhook/message.js";
import { send } from "../../../webhook/send.js";
import { QueueCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";

export class WebhookDeliverCommand extends QueueCommand {
  static override paths = [["webhook", "deliver"]];
  static override usage = Command.Usage({
    description: "Deliver a webhook; workers run this as a job of the queue _hooks",
    details:
      `The event is in the environment of the job. 2xx is success; 4xx other than 408 and 429 is final (exit ${REFUSED_EXIT_CODE}); ` +
      "any other answer is tried again.",
    examples: [
      ["What a worker runs", "queuectl webhook deliver"],
      ["Send one now, to see whether it arrives", "queuectl webhook test mail"],
    ],
  });

  override async run(client: Client): Promise<number> {
    const message = messageFrom(process.env);
    if (message === null) {
      throw new UsageError("this is not the job of a webhook", "to try one: queuectl webhook test QUEUE");
    }
    const answer = await send(message, await webhookSecret(client, message.queue));
    const text = oneLine(`${answer.text} (${answer.durationMs} ms)`);
    if (answer.kind === "accepted") this.print(text);
    else {
      this.remark(text);
      tellWhy(text);
    }
    return { accepted: 0, failed: 1, refused: REFUSED_EXIT_CODE }[answer.kind];
  }
}

/** Becomes the job's last error, which lists and `explain` show. The delivery's output is only in its logs. */
function tellWhy(text: string): void {
  const { QUEUECTL_ERROR_FILE: path } = process.env;
  if (!path) return;
  try {
    writeFileSync(path, text);
  } catch {
    // Then only the exit code tells.
  }
}
