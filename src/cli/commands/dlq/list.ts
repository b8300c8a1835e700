import { commandText } from "../../../core/job/command.js";
import type { JobFilter } from "../../../queue/jobs/filter.js";
import type { Job } from "../../../queue/jobs/job.js";
import { ListingCommand } from "../../base/listing-command.js";
import { deadOnly } from "../../base/selector-command.js";
import { Command } from "../../parse/clipanion.js";
import { relativeTime } from "../../render/times.js";
import type { Column } from "../../terminal/table.js";

export class DlqListCommand extends ListingCommand {
  static override paths = [["dlq", "list"]];
  static override usage = Command.Usage({
    description: "List the dead-letter queue: jobs that used up their attempts",
    details:
      "It takes the flags of queuectl list. The job that died last comes last. A table has the newest 50; json, " +
      "ndjson and csv have all. --limit changes that.",
    examples: [
      ["What died in the last hour", "queuectl dlq list --where 'updated<1h'"],
      ["For a script", "queuectl dlq list --json"],
      ["To run one of them again", "queuectl dlq retry job1"],
    ],
  });

  protected override readonly none = "No dead jobs";
  protected override readonly order = "updated";
  protected override readonly usualColumns = dlqColumns;

  protected override async filter(): Promise<JobFilter> {
    return deadOnly(await this.selector());
  }
}

export function dlqColumns(now: number): Column<Job>[] {
  return [
    { title: "id", value: ({ id }) => id, importance: 9, least: 12 },
    { title: "command", value: ({ command }) => commandText(command), importance: 7 },
    { title: "attempts", value: ({ attempts, maxRetries }) => `${attempts}/${maxRetries}` },
    { title: "last error", value: ({ lastError }) => lastError ?? "", importance: 8 },
    { title: "died", value: ({ finishedAt }) => (finishedAt === null ? "" : relativeTime(finishedAt, now)) },
  ];
}
