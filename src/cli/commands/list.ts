import { HOOK_QUEUE } from "../../core/hook/hook.js";
import { allOf, mentions } from "../../core/where/condition.js";
import type { JobFilter } from "../../queue/jobs/filter.js";
import { ListingCommand } from "../base/listing-command.js";
import { Command } from "../parse/clipanion.js";
import { JOB_COLUMNS, usualColumns } from "../render/job-columns.js";

const WHERE_GRAMMAR = `\
--where takes comparisons, joined by and, or, not and parentheses: "state=failed and (queue=etl or tag=nightly) and not age<1h". \
With --state, --queue, --tag and another --where, all must hold.

- state: = !=
- queue, tag, id, command, signal, last_error, schedule, limit_key, unique, policy: = != ~ (contains) !~
- priority, attempts, max_retries, exit_code: = != < <= > >=, with a number
- age, updated: the same, with the time since the job was created or last changed: 90s, 5m, 2h, 7d
- duration: the same, with the time that its newest attempt took, or runs already
- created_at, updated_at, run_at, started_at, finished_at: the same, with a time, '2030-01-31 08:00'

A value with spaces, parentheses, quotes or one of = ! < > ~ is quoted, 'so' or "so"; a backslash makes the next character an \
ordinary one. A tag is compared with each tag of the job. A field without a value, such as the exit code of a job that has not \
run, equals nothing, is not less or greater than anything, and contains nothing.`;

const CSV =
  "In CSV, a text that a spreadsheet would run as a formula, such as =1+1, gets a ' before it. Control characters, " +
  "and characters that hide text, are escaped as in a table: \\e, \\u202e. JSON has every text as it is.";

export class ListCommand extends ListingCommand {
  static override paths = [["list"]];
  static override usage = Command.Usage({
    description: "List jobs, newest last",
    details:
      "A table has the newest 50 jobs; json, ndjson and csv have all jobs. --limit changes that: it takes the newest " +
      "jobs or, with --sort, the first ones of that order. On a terminal a table fits the width: long values are cut, and " +
      "the less important columns are left out. Jobs of hooks are in a table only with --queue _hooks. " +
      `Columns: ${JOB_COLUMNS.join(", ")}.\n\n${CSV}\n\n${WHERE_GRAMMAR}`,
    examples: [
      ["Jobs that wait or run", "queuectl list --state pending,processing"],
      ["The newest ten", "queuectl list --limit 10"],
      [
        "Jobs of a queue that failed in the last hour",
        "queuectl list --where 'state=failed and queue=etl and updated<1h'",
      ],
      ["For a script", "queuectl list --state dead --columns id,last_error --format csv"],
    ],
  });

  protected override readonly none = "No jobs";
  protected override readonly order = "created";
  protected override readonly usualColumns = usualColumns;

  protected override async filter(): Promise<JobFilter> {
    return (await this.selector()) ?? {};
  }

  /** Without the jobs of hooks, unless a flag chooses among queues. */
  protected override apart(filter: JobFilter): JobFilter | null {
    const { queue, where } = filter;
    if (queue !== undefined || typeof where === "string" || (where && mentions(where, "queue"))) return null;
    const others = { kind: "compare", field: "queue", operator: "!=", value: HOOK_QUEUE } as const;
    return { ...filter, where: allOf(where === undefined ? [others] : [where, others]) };
  }
}
