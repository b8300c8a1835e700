import type { Queue } from "../../queue.js";
import { Command } from "../clipanion.js";
import { QueueCommand } from "../command.js";
import { isTerminal } from "../standard-streams.js";

export class TopCommand extends QueueCommand {
  static override paths = [["top"]];
  static override usage = Command.Usage({
    description: "Watch the queue: jobs, rates, what runs, what failed, workers",
    details:
      "On a terminal it stays and takes keys; ? lists them. Elsewhere, and with --json, it shows once how things are. Rates count " +
      "attempts, of the last 10,000 that began.",
    examples: [
      ["On a terminal; q leaves it", "queuectl top"],
      ["Once, as text", "queuectl top > now.txt"],
      ["Once, for a script", "queuectl top --json"],
    ],
  });

  override async run(queue: Queue): Promise<number> {
    const { loadWidthOf } = await import("../render/width.js");
    const widthOf = await loadWidthOf();
    if (!this.json && isTerminal(0) && isTerminal(1) && process.env.TERM !== "dumb") {
      const { runTop } = await import("../top/live.js");
      return runTop(queue, widthOf);
    }
    const { readSnapshot, snapshotToJson } = await import("../top/snapshot.js");
    const { Throughput } = await import("../top/throughput.js");
    const snapshot = await readSnapshot(queue, new Throughput());
    if (this.json) this.printJson(snapshotToJson(snapshot));
    else await this.#printOnce(snapshot, widthOf);
    return 0;
  }

  async #printOnce(
    snapshot: import("../top/snapshot.js").Snapshot,
    widthOf: import("../render/width.js").WidthOf,
  ): Promise<void> {
    const { frameLines } = await import("../top/frame.js");
    const { firstView } = await import("../top/view.js");
    const everything = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY, widthOf };
    this.print(frameLines(firstView(snapshot), everything).join("\n"));
  }
}
