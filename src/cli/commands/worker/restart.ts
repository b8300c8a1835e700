import { parseDuration } from "../../../core/text/duration.js";
import type { Client } from "../../../queue/client.js";
import { Command, Option } from "../../parse/clipanion.js";
import { plural } from "../../terminal/text.js";
import { PoolCommand } from "./pool-command.js";

export class WorkerRestartCommand extends PoolCommand {
  static override paths = [["worker", "restart"]];
  static override usage = Command.Usage({
    description: "Replace the workers by new ones, one after another, while the supervisor runs on",
    details:
      "Each finishes the jobs that it runs; when the new one in its place is ready, the next follows. Exit code 5: no " +
      "supervisor runs. 124: not all were replaced within the timeout; it goes on.",
    examples: [
      ["After an upgrade of queuectl, or when they have grown", "queuectl worker restart"],
      ["With jobs that take long", "queuectl worker restart --timeout 2h"],
    ],
  });

  timeout = Option.String("--timeout", "60s", { description: "DURATION | how long to wait for it; default 60s" });

  #told = "";

  override async run(client: Client): Promise<undefined> {
    const timeoutMs = parseDuration(this.timeout, "--timeout");
    const { restartPool } = await import("../../../../supervisor/control/scale-restart.js");
    const { workers } = await restartPool(client.home, client.store, {
      timeoutMs,
      onWaiting: (ids) => this.#tellWaiting(ids),
    });
    if (this.json) this.printJson({ workers });
    else this.print(`Restarted ${workers.length} worker(s): ${workers.join(", ")}`);
  }

  /** Each change once. */
  #tellWaiting(ids: readonly string[]): void {
    const text =
      ids.length === 0 ? "Waiting for the new workers" : `Waiting for ${plural(ids.length, "job")}: ${ids.join(", ")}`;
    if (text !== this.#told) this.remark(text);
    this.#told = text;
  }
}
