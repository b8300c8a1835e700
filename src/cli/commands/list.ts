import { UsageError } from "../../core/errors.js";
import { parseWhole } from "../../core/text/number.js";
import type { Client } from "../../queue/client.js";
import type { JobFilter } from "../../queue/jobs/filter.js";
import { SelectorCommand } from "../base/selector-command.js";
import { jobOrder } from "../input/job-filter.js";
import { oneOf } from "../input/one-of.js";
import { Command, Option } from "../parse/clipanion.js";
import { chosenColumns, JOB_COLUMNS, type JobColumn, jobColumns, usualColumns } from "../render/job-columns.js";
import { DATA_FORMATS, printJobs } from "../render/print-jobs.js";
import { renderTable } from "../terminal/table.js";

const FORMATS = ["table", ...DATA_FORMATS] as const;
type Format = (typeof FORMATS)[number];

const WHERE_GRAMMAR = `\
--where takes comparisons, joined by and, or, not and parentheses: "state=failed and (queue=etl or tag=nightly) and not age<1h". \
With --state, --queue, --tag and another --where, all must hold.

- state: = !=
- queue, tag, id, command, signal, last_error: = != ~ (contains) !~
- priority, attempts, max_retries, exit_code: = != < <= > >=, with a number
- age, updated: the same, with the time since the job was created or last changed: 90s, 5m, 2h, 7d
- created_at, updated_at, run_at, started_at, finished_at: the same, with a time, '2030-01-31 08:00'

A value with spaces, parentheses, quotes or one of = ! < > ~ is quoted, 'so' or "so"; a backslash makes the next character an \
ordinary one. A tag is compared with each tag of the job. A field without a value, such as the exit code of a job that has not \
run, equals nothing, is not less or greater than anything, and contains nothing.`;

export class ListCommand extends SelectorCommand {
  static override paths = [["list"]];
  static override usage = Command.Usage({
    description: "List jobs, oldest first",
    details: `Columns: ${JOB_COLUMNS.join(", ")}.\n\n${WHERE_GRAMMAR}`,
    examples: [
      ["Jobs that wait or run", "queuectl list --state pending,processing"],
      ["The newest ten", "queuectl list --reverse --limit 10"],
      [
        "Jobs of a queue that failed in the last hour",
        "queuectl list --where 'state=failed and queue=etl and updated<1h'",
      ],
      ["For a script", "queuectl list --state dead --columns id,last_error --format csv"],
    ],
  });

  limit = Option.String("--limit", "50", { description: "N | most jobs to list; 0 means no limit; default 50" });
  sort = Option.String("--sort", { description: "KEY | created (default), updated, run_at or priority" });
  reverse = Option.Boolean("--reverse", false, { description: "reverse the order" });
  columns = Option.String("--columns", { description: "KEYS | id,state,…" });
  formatFlag = Option.String("--format", { description: "FORMAT | table, json, ndjson or csv" });

  override async run(client: Client): Promise<undefined> {
    const format = this.#format();
    const keys = this.columns === undefined ? null : jobColumns(this.columns);
    const limit = parseWhole(this.limit, "--limit", 0, Number.MAX_SAFE_INTEGER);
    const filter = { ...(await this.selector()), ...this.#order() };
    if (format === "table") return this.#printTable(client, filter, limit, keys);
    await printJobs(client.jobs.pages({ ...filter, ...(limit > 0 ? { limit } : {}) }), format, keys);
  }

  async #printTable(
    client: Client,
    filter: JobFilter,
    limit: number,
    keys: readonly JobColumn[] | null,
  ): Promise<undefined> {
    // One job more than asked for shows whether there are others.
    const jobs = await client.jobs.list({ ...filter, ...(limit > 0 ? { limit: limit + 1 } : {}) });
    const shown = limit > 0 ? jobs.slice(0, limit) : jobs;
    if (shown.length === 0) this.print("No jobs");
    else this.print(await renderTable(keys === null ? usualColumns(client.now()) : chosenColumns(keys), shown));
    if (jobs.length > shown.length) this.remark(`Only ${shown.length} are shown; --limit 0 shows all`);
  }

  #order(): JobFilter {
    return { ...(this.sort === undefined ? {} : { order: jobOrder(this.sort) }), reverse: this.reverse };
  }

  #format(): Format {
    if (this.formatFlag === undefined) return this.json ? "json" : "table";
    const format = oneOf(this.formatFlag, "--format", FORMATS);
    if (this.jsonFlag && format !== "json") throw new UsageError(`--json and --format ${format} cannot be combined`);
    return format;
  }
}
