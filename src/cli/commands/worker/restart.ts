import { parseDuration } from "../../../core/text/duration.js";
import { plural } from "../../../core/text/plural.js";
import { restartedPoolToJson } from "../../../json/worker.js";
import type { Client } from "../../../queue/client.js";
import { Command, Option } from "../../parse/clipanion.js";
import { OnePoolCommand } from "./pool-command.js";

export class WorkerRestartCommand extends OnePoolCommand {
  static override paths = [["worker", "restart"]];
  static override usage = Command.Usage({
    description: "Replace the workers of every pool one after another; the supervisors stay",
    details:
      "Each worker finishes its running jobs. When the new worker in its place is ready, the next one follows. " +
      "Exit code 5: no supervisor runs. 124: not all were replaced within the timeout; the restart goes on.",
    examples: [
      ["After an upgrade of queuectl, or when they have grown", "queuectl worker restart"],
      ["Those of one pool", "queuectl worker restart --name gpu"],
      ["With jobs that take long", "queuectl worker restart --timeout 2h"],
    ],
  });

  timeout = Option.String("--timeout", "60s", { description: "DURATION | how long to wait; default 60s" });

  #told = "";

  override async run(client: Client): Promise<undefined> {
    const timeoutMs = parseDuration(this.timeout, "--timeout");
    const { restartPools } = await import("../../../../supervisor/control/scale-restart.js");
    const { workers } = await restartPools(client, {
      pool: this.pool,
      timeoutMs,
      onWaiting: (ids) => this.#tellWaiting(ids),
    });
    if (this.json) this.printJson(restartedPoolToJson(workers));
    else this.print(`Restarted ${workers.length} worker(s): ${workers.join(", ")}`);
  }

  /** Reports each change once. */
  #tellWaiting(ids: readonly string[]): void {
    const text =
      ids.length === 0 ? "Waiting for the new workers" : `Waiting for ${plural(ids.length, "job")}: ${ids.join(", ")}`;
    if (text !== this.#told) this.remark(text);
    this.#told = text;
  }
}
