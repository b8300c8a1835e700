/**
 * The common part of `list` and `dlq list`: the flags that choose, sort and print jobs. A limit takes the newest jobs, and
 * the newest come last, unless `--sort` asks for another order.
 */
import { UsageError } from "../../core/errors.js";
import { HOOK_QUEUE } from "../../core/hook/hook.js";
import { parseWhole } from "../../core/text/number.js";
import { plural } from "../../core/text/plural.js";
import type { Client } from "../../queue/client.js";
import type { JobFilter, JobOrder } from "../../queue/jobs/filter.js";
import type { Job } from "../../queue/jobs/job.js";
import { jobOrder } from "../input/job-filter.js";
import { oneOf } from "../input/one-of.js";
import { Option } from "../parse/clipanion.js";
import { chosenColumns, type JobColumn, jobColumns } from "../render/job-columns.js";
import { DATA_FORMATS, printJobs } from "../render/print-jobs.js";
import { type Column, renderTable } from "../terminal/table.js";
import { SelectorCommand } from "./selector-command.js";

const FORMATS = ["table", ...DATA_FORMATS] as const;
type Format = (typeof FORMATS)[number];

/** Most rows of a table, unless asked for more. */
const TABLE_ROWS = "50";
const MOST = Number.MAX_SAFE_INTEGER;

export abstract class ListingCommand extends SelectorCommand {
  limit = Option.String("--limit", {
    description: "N | most jobs to list; 0 means no limit; default 50 in a table, else 0",
  });
  sort = Option.String("--sort", { description: "KEY | created, updated, run_at or priority" });
  reverse = Option.Boolean("--reverse", false, { description: "reverse the order" });
  columns = Option.String("--columns", { description: "KEYS | id,state,…" });
  formatFlag = Option.String("--format", { description: "FORMAT | table, json, ndjson or csv" });

  /** Sentence for an empty table. */
  protected abstract readonly none: string;
  /** Columns of a table, unless others are asked for. */
  protected abstract usualColumns(now: number): readonly Column<Job>[];
  /** The jobs that the flags choose. */
  protected abstract filter(): Promise<JobFilter>;
  /** The filter of a table, without the jobs that are kept apart. Null: none are. */
  protected apart(_filter: JobFilter): JobFilter | null {
    return null;
  }
  /** The order in which the newest come last. */
  protected abstract readonly order: JobOrder;

  override async run(client: Client): Promise<undefined> {
    const format = this.#format();
    const keys = this.columns === undefined ? null : jobColumns(this.columns);
    const limit = parseWhole(this.limit ?? (format === "table" ? TABLE_ROWS : "0"), "--limit", 0, MOST);
    const filter = await this.filter();
    if (format === "table") return this.#printTable(client, filter, limit, keys);
    await printJobs(limit > 0 ? [await this.#read(client, filter, limit)] : this.#pages(client, filter), format, keys);
  }

  async #printTable(
    client: Client,
    filter: JobFilter,
    limit: number,
    keys: readonly JobColumn[] | null,
  ): Promise<undefined> {
    const apart = this.apart(filter);
    // One job more than asked for shows whether there are others.
    const jobs = await this.#read(client, apart ?? filter, limit > 0 ? limit + 1 : 0);
    const hidden = limit > 0 && jobs.length > limit;
    const shown = hidden ? this.#without(jobs) : jobs;
    if (shown.length === 0) this.print(this.none);
    else
      this.print(
        await renderTable(keys === null ? this.usualColumns(client.now()) : chosenColumns(keys, client.now()), shown),
      );
    if (hidden) {
      const which = this.#newest ? "newest" : "first";
      this.remark(`Only the ${which} ${limit === 1 ? "one is" : `${limit} are`} shown; --limit 0 shows all`);
    }
    const hooks = apart === null ? 0 : await client.jobs.count({ ...filter, queue: HOOK_QUEUE });
    if (hooks > 0) this.remark(`${plural(hooks, "job")} of hooks not shown; --queue ${HOOK_QUEUE} shows them`);
  }

  /** Whether a limit takes the newest jobs. */
  get #newest(): boolean {
    return this.sort === undefined;
  }

  /** In the order of the list. */
  async #read(client: Client, filter: JobFilter, limit: number): Promise<Job[]> {
    if (limit === 0) return client.jobs.list({ ...filter, ...this.#order() });
    if (!this.#newest || this.reverse) return client.jobs.list({ ...filter, ...this.#order(), limit });
    return (await client.jobs.list({ ...filter, ...this.#order(), reverse: true, limit })).reverse();
  }

  #pages(client: Client, filter: JobFilter): AsyncIterable<readonly Job[]> {
    return client.jobs.pages({ ...filter, ...this.#order() });
  }

  /** All but the one that a limit would take last. */
  #without(jobs: readonly Job[]): readonly Job[] {
    return this.#newest && !this.reverse ? jobs.slice(1) : jobs.slice(0, -1);
  }

  #order(): JobFilter {
    return { order: this.sort === undefined ? this.order : jobOrder(this.sort), reverse: this.reverse };
  }

  #format(): Format {
    if (this.formatFlag === undefined) return this.json ? "json" : "table";
    const format = oneOf(this.formatFlag, "--format", FORMATS);
    if (this.jsonFlag && format !== "json") throw new UsageError(`--json and --format ${format} cannot be combined`);
    return format;
  }
}
