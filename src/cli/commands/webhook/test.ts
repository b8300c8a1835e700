import { EXIT, QueuectlError, UsageError } from "../../../core/errors.js";
import { checkWebhookUrl } from "../../../core/hook/webhook.js";
import { checkName } from "../../../core/job/ids.js";
import { isoTime } from "../../../core/text/time.js";
import { oneLine } from "../../../core/text/visible.js";
import { triedWebhookToJson } from "../../../json/webhook.js";
import type { Client } from "../../../queue/client.js";
import { webhookSecret } from "../../../queue/webhook-secret.js";
import { newJobId } from "../../../system/random-id.js";
import { testMessage } from "../../../webhook/message.js";
import { send } from "../../../webhook/send.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class WebhookTestCommand extends QueueCommand {
  static override paths = [["webhook", "test"]];
  static override usage = Command.Usage({
    description: "Send a webhook with the event test now, and print the answer",
    details: "If the queue has a secret, it signs the webhook. Exit code 1: the answer is not 2xx.",
    examples: [
      ["The webhook of a queue", "queuectl webhook test mail"],
      ["Any receiver", "queuectl webhook test --url https://example.com/hook"],
    ],
  });

  queue = Option.String({ name: "QUEUE", required: false });
  url = Option.String("--url", { description: "URL | where to send it" });

  override async run(client: Client): Promise<number> {
    const url = await this.#target(client);
    const name = this.queue ?? "default";
    const secret = this.queue === undefined ? null : await webhookSecret(client, this.queue);
    const { kind, status, text, durationMs } = await send(
      testMessage(url, newJobId(), name, isoTime(client.now())),
      secret,
    );
    const ok = kind === "accepted";
    const tried = { url, ok, status, durationMs, signed: secret !== null, text };
    if (this.json) this.printJson(triedWebhookToJson(tried));
    else if (ok) this.print(oneLine(`${url}: ${text} (${durationMs} ms)`));
    else this.remark(`${url}: ${text} (${durationMs} ms)`);
    return ok ? EXIT.ok : EXIT.failure;
  }

  /** @throws UsageError @throws QueuectlError if the queue has no webhook */
  async #target(client: Client): Promise<string> {
    if ((this.queue === undefined) === (this.url === undefined)) {
      throw new UsageError(
        "webhook test needs a queue or --url, and not both",
        "for example: queuectl webhook test mail",
      );
    }
    if (this.url !== undefined) return checkWebhookUrl(this.url, "--url");
    const name = checkName("queue", this.queue as string);
    const { hooks } = await client.queues.hooks(name);
    if (hooks.webhook !== undefined) return hooks.webhook.url;
    throw new QueuectlError("not_found", `the queue ${name} has no webhook`, {
      hint: `give it one: queuectl queue set ${name} --webhook-url URL`,
    });
  }
}
