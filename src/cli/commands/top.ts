import type { Client } from "../../queue/client.js";
import { QueueCommand } from "../base/command.js";
import { Command } from "../parse/clipanion.js";
import { isTerminal } from "../terminal/standard-streams.js";

export class TopCommand extends QueueCommand {
  static override paths = [["top"]];
  static override usage = Command.Usage({
    description: "Watch the queue: jobs, rates, running and failed jobs, workers",
    details:
      "On a terminal it stays and takes keys; ? lists them. Elsewhere, and with --json, it prints one snapshot. " +
      "Rates count attempts, among the last 10,000 that began.",
    examples: [
      ["On a terminal; q leaves it", "queuectl top"],
      ["Once, as text", "queuectl top > now.txt"],
      ["Once, for a script", "queuectl top --json"],
    ],
  });

  override async run(client: Client): Promise<number> {
    const { loadWidthOf } = await import("../terminal/width.js");
    const widthOf = await loadWidthOf();
    if (!this.json && client.absence === null && isTerminal(0) && isTerminal(1) && process.env.TERM !== "dumb") {
      const { runTop } = await import("../top/live.js");
      return runTop(client, widthOf);
    }
    const { readSnapshot } = await import("../../queue/snapshot/snapshot.js");
    const { Throughput } = await import("../../queue/snapshot/throughput.js");
    const snapshot = await readSnapshot(client, new Throughput());
    if (this.json) this.printJson((await import("../../json/snapshot.js")).snapshotToJson(snapshot));
    else await this.#printOnce(snapshot, widthOf);
    return 0;
  }

  async #printOnce(
    snapshot: import("../../queue/snapshot/snapshot.js").Snapshot,
    widthOf: import("../terminal/width.js").WidthOf,
  ): Promise<void> {
    const { frameLines } = await import("../top/frame.js");
    const { firstView } = await import("../top/view.js");
    const everything = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY, widthOf };
    this.print(frameLines(firstView(snapshot), everything).join("\n"));
  }
}
