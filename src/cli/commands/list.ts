import { UsageError } from "../../core/errors.js";
import { parseWhole } from "../../core/text/number.js";
import type { Client } from "../../queue/client.js";
import type { JobFilter } from "../../queue/jobs/filter.js";
import type { Job } from "../../queue/jobs/job.js";
import { SelectorCommand } from "../base/selector-command.js";
import { jobOrder } from "../input/job-filter.js";
import { oneOf } from "../input/one-of.js";
import { Command, Option } from "../parse/clipanion.js";
import { chosenColumns, JOB_COLUMNS, type JobColumn, jobColumns, usualColumns } from "../render/job-columns.js";
import { DATA_FORMATS, printJobs } from "../render/print-jobs.js";
import { renderTable } from "../terminal/table.js";

const FORMATS = ["table", ...DATA_FORMATS] as const;
type Format = (typeof FORMATS)[number];

/** Most rows of a table, unless asked for more. */
const TABLE_ROWS = "50";
const MOST = Number.MAX_SAFE_INTEGER;

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

const CSV =
  "In CSV, a text that a spreadsheet would run as a formula, such as =1+1, gets a ' before it. Control characters and " +
  "others that hide something are escaped, as in a table: \\e, \\u202e. JSON has every text as it is.";

export class ListCommand extends SelectorCommand {
  static override paths = [["list"]];
  static override usage = Command.Usage({
    description: "List jobs, newest last",
    details:
      "A table has the newest 50 jobs, and json, ndjson and csv have all, unless --limit says otherwise. --limit takes " +
      "the newest jobs; with --sort, the first ones of that order. " +
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

  limit = Option.String("--limit", {
    description: "N | most jobs to list; 0 means no limit; default 50 in a table, else 0",
  });
  sort = Option.String("--sort", { description: "KEY | created, updated, run_at or priority" });
  reverse = Option.Boolean("--reverse", false, { description: "reverse the order" });
  columns = Option.String("--columns", { description: "KEYS | id,state,…" });
  formatFlag = Option.String("--format", { description: "FORMAT | table, json, ndjson or csv" });

  override async run(client: Client): Promise<undefined> {
    const format = this.#format();
    const keys = this.columns === undefined ? null : jobColumns(this.columns);
    const limit = parseWhole(this.limit ?? (format === "table" ? TABLE_ROWS : "0"), "--limit", 0, MOST);
    const filter = (await this.selector()) ?? {};
    if (format === "table") return this.#printTable(client, filter, limit, keys);
    await printJobs(limit > 0 ? [await this.#read(client, filter, limit)] : this.#pages(client, filter), format, keys);
  }

  async #printTable(
    client: Client,
    filter: JobFilter,
    limit: number,
    keys: readonly JobColumn[] | null,
  ): Promise<undefined> {
    // One job more than asked for shows whether there are others.
    const jobs = await this.#read(client, filter, limit > 0 ? limit + 1 : 0);
    const hidden = limit > 0 && jobs.length > limit;
    const shown = hidden ? this.#without(jobs) : jobs;
    if (shown.length === 0) this.print("No jobs");
    else this.print(await renderTable(keys === null ? usualColumns(client.now()) : chosenColumns(keys), shown));
    if (hidden) this.remark(`Only the ${this.#newest ? "newest" : "first"} ${limit} are shown; --limit 0 shows all`);
  }

  /** Whether a limit takes the newest jobs. */
  get #newest(): boolean {
    return this.sort === undefined;
  }

  /** In the order of the list. */
  async #read(client: Client, filter: JobFilter, limit: number): Promise<Job[]> {
    if (limit === 0) return client.jobs.list({ ...filter, ...this.#order() });
    if (!this.#newest || this.reverse) return client.jobs.list({ ...filter, ...this.#order(), limit });
    return (await client.jobs.list({ ...filter, reverse: true, limit })).reverse();
  }

  #pages(client: Client, filter: JobFilter): AsyncIterable<readonly Job[]> {
    return client.jobs.pages({ ...filter, ...this.#order() });
  }

  /** All but the one that a limit would take last. */
  #without(jobs: readonly Job[]): readonly Job[] {
    return this.#newest && !this.reverse ? jobs.slice(1) : jobs.slice(0, -1);
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
