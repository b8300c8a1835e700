import { MOST_WORKERS } from "../../../config/config.js";
import { parseWhole } from "../../../core/text/number.js";
import { scaledPoolToJson } from "../../../json/worker.js";
import type { Client } from "../../../queue/client.js";
import { Command, Option } from "../../parse/clipanion.js";
import { OnePoolCommand } from "./pool-command.js";

const TIMEOUT_MS = 30_000;

export class WorkerScaleCommand extends OnePoolCommand {
  static override paths = [["worker", "scale"]];
  static override usage = Command.Usage({
    description: "Change the number of workers of a running pool",
    details:
      "Without --name it changes the only pool that runs, or else main. It returns when that many workers are ready. Surplus workers finish their jobs and leave. The number " +
      "holds until the supervisor is stopped, also after its keeper starts it again. Exit code 5: no supervisor " +
      "runs. 124: the workers were not ready within 30 s.",
    examples: [
      ["Five workers from now on", "queuectl worker scale 5"],
      ["Two in the pool called gpu", "queuectl worker scale 2 --name gpu"],
    ],
  });

  count = Option.String({ name: "N" });

  override async run(client: Client): Promise<undefined> {
    const count = parseWhole(this.count, "N", 1, MOST_WORKERS);
    const { scalePool } = await import("../../../../supervisor/control/scale-restart.js");
    const { workers, draining } = await scalePool(client, count, { pool: this.pool, timeoutMs: TIMEOUT_MS });
    if (this.json) this.printJson(scaledPoolToJson(workers, draining));
    else this.print(`Scaled to ${workers.length} worker(s): ${workers.join(", ")}`);
    if (draining.length > 0 && !this.json)
      this.remark(`Finishing their jobs before they leave: ${draining.join(", ")}`);
  }
}
