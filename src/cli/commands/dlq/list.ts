import { commandText } from "../../../core/job/command.js";
import { jobToJson } from "../../../json/jobs/job.js";
import type { Client } from "../../../queue/client.js";
import type { Job } from "../../../queue/jobs/job.js";
import { QueueCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";
import { relativeTime } from "../../render/times.js";
import { type Column, renderTable } from "../../terminal/table.js";

export class DlqListCommand extends QueueCommand {
  static override paths = [["dlq", "list"]];
  static override usage = Command.Usage({
    description: "List the dead-letter queue: jobs that used up their attempts",
    examples: [
      ["For a script", "queuectl dlq list --json"],
      ["To run one of them again", "queuectl dlq retry job1"],
    ],
  });

  override async run(client: Client): Promise<undefined> {
    const jobs = await client.jobs.list({ states: ["dead"], order: "updated" });
    if (this.json) this.printJson(jobs.map(jobToJson));
    else if (jobs.length === 0) this.print("No dead jobs");
    else this.print(await renderTable(columns(client.now()), jobs));
  }
}

function columns(now: number): Column<Job>[] {
  return [
    { title: "id", value: ({ id }) => id },
    { title: "attempts", value: ({ attempts, maxRetries }) => `${attempts}/${maxRetries}` },
    { title: "died", value: ({ finishedAt }) => (finishedAt === null ? "" : relativeTime(finishedAt, now)) },
    { title: "last error", value: ({ lastError }) => lastError ?? "" },
    { title: "command", value: ({ command }) => commandText(command) },
  ];
}
