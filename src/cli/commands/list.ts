import { UsageError } from "../../core/errors.js";
import type { Queue } from "../../queue.js";
import type { JobFilter } from "../../store/store.js";
import { Command, Option } from "../clipanion.js";
import { QueueCommand } from "../command.js";
import { jobOrder, jobStates } from "../input/job-filter.js";
import { oneOf, wholeNumber } from "../input/values.js";
import { DATA_FORMATS, printJobs } from "../output/print-jobs.js";
import { chosenColumns, JOB_KEYS, type JobKey, jobKeys, usualColumns } from "../render/job-columns.js";
import { renderTable } from "../render/table.js";

const FORMATS = ["table", ...DATA_FORMATS] as const;
type Format = (typeof FORMATS)[number];

export class ListCommand extends QueueCommand {
  static override paths = [["list"]];
  static override usage = Command.Usage({
    description: "List jobs, oldest first",
    details: `Columns: ${JOB_KEYS.join(", ")}.`,
    examples: [
      ["What is waiting or running", "queuectl list --state pending,processing"],
      ["The newest ten", "queuectl list --reverse --limit 10"],
      ["For a script", "queuectl list --state dead --columns id,last_error --format csv"],
    ],
  });

  states = Option.Array("--state", {
    description: "STATE | pending, processing, completed, failed, dead, cancelled or blocked; may be repeated",
  });
  queueName = Option.String("--queue", { description: "NAME | only jobs of this queue" });
  tags = Option.Array("--tag", { description: "TAG | only jobs with this tag; may be repeated" });
  limit = Option.String("--limit", "50", { description: "N | at most so many; 0 is no limit; default 50" });
  sort = Option.String("--sort", { description: "KEY | created (default), updated, run_at or priority" });
  reverse = Option.Boolean("--reverse", false, { description: "the other way round" });
  columns = Option.String("--columns", { description: "KEYS | id,state,…" });
  formatFlag = Option.String("--format", { description: "FORMAT | table, json, ndjson or csv" });

  override async run(queue: Queue): Promise<undefined> {
    const format = this.#format();
    const keys = this.columns === undefined ? null : jobKeys(this.columns);
    const limit = wholeNumber(this.limit, "--limit", 0, Number.MAX_SAFE_INTEGER);
    if (format === "table") return this.#printTable(queue, limit, keys);
    await printJobs(queue.pages({ ...this.#filter(), ...(limit > 0 ? { limit } : {}) }), format, keys);
  }

  async #printTable(queue: Queue, limit: number, keys: readonly JobKey[] | null): Promise<undefined> {
    // One more than asked for tells whether there are others.
    const jobs = await queue.list({ ...this.#filter(), ...(limit > 0 ? { limit: limit + 1 } : {}) });
    const shown = limit > 0 ? jobs.slice(0, limit) : jobs;
    if (shown.length === 0) this.print("No jobs");
    else this.print(await renderTable(keys === null ? usualColumns(Date.now()) : chosenColumns(keys), shown));
    if (jobs.length > shown.length) this.remark(`Only ${shown.length} are shown; --limit 0 shows all`);
  }

  #filter(): JobFilter {
    return {
      ...(this.states === undefined ? {} : { states: jobStates(this.states) }),
      ...(this.queueName === undefined ? {} : { queue: this.queueName }),
      ...(this.tags === undefined ? {} : { tags: this.tags }),
      ...(this.sort === undefined ? {} : { order: jobOrder(this.sort) }),
      reverse: this.reverse,
    };
  }

  #format(): Format {
    if (this.formatFlag === undefined) return this.json ? "json" : "table";
    const format = oneOf(this.formatFlag, "--format", FORMATS);
    if (this.jsonFlag && format !== "json") throw new UsageError(`--json and --format ${format} cannot be combined`);
    return format;
  }
}
