import { workerToJson } from "../../../json/worker.js";
import type { Client } from "../../../queue/client.js";
import { Command } from "../../parse/clipanion.js";
import { asTyped } from "../../parse/typed-options.js";
import { WORKER_COLUMNS } from "../../render/status.js";
import { renderTable } from "../../terminal/table.js";
import { PoolCommand } from "./pool-command.js";

export class WorkerListCommand extends PoolCommand {
  static override paths = [["worker", "list"]];
  static override usage = Command.Usage({
    description: "List the workers: pool, state, job, heartbeat, restarts, uptime",
    details: "A worker is starting, idle, busy, draining or dead.",
    examples: [["For a script", "queuectl worker list --json"]],
  });

  override async run(client: Client): Promise<undefined> {
    const { workers } = await client.status();
    if (this.json) this.printJson(workers.map(workerToJson));
    else if (workers.length === 0) this.print(asTyped("No workers; start them with: queuectl worker start --detach"));
    else this.print(await renderTable(WORKER_COLUMNS, workers));
  }
}
