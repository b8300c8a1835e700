/**
 * Prints jobs as data, in the formats that programs read, page by page: a list of a million jobs takes no more memory
 * than one of a thousand. A table does not work like that, since the width of its columns depends on every row.
 */
import { assertNever } from "../../core/assert-never.js";
import { jsonText } from "../../json/exact.js";
import type { Job } from "../../queue/jobs/job.js";
import { csvLine } from "../terminal/csv.js";
import { isTerminal, writeText } from "../terminal/standard-streams.js";
import { cells, JOB_COLUMNS, type JobColumn, pick } from "./job-columns.js";

export const DATA_FORMATS = ["json", "ndjson", "csv"] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

type Pages = AsyncIterable<readonly Job[]> | Iterable<readonly Job[]>;

/** @param keys the columns. Null: all. */
export async function printJobs(pages: Pages, format: DataFormat, keys: readonly JobColumn[] | null): Promise<void> {
  switch (format) {
    case "json":
      return printList(pages, (job) => pick(job, keys));
    case "ndjson":
      return printLines(pages, (job) => jsonText(pick(job, keys)));
    case "csv": {
      const columns = keys ?? JOB_COLUMNS;
      writeText(1, `${csvLine(columns)}\n`);
      return printLines(pages, (job) => csvLine(cells(job, columns)));
    }
    default:
      return assertNever(format);
  }
}

async function printLines(pages: Pages, line: (job: Job) => string): Promise<void> {
  for await (const jobs of pages) writeText(1, jobs.map((job) => `${line(job)}\n`).join(""));
}

/** The same text as for the whole list at once: one line, or indented on a terminal. */
export async function printList<Item>(
  pages: AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>,
  value: (item: Item) => unknown,
): Promise<void> {
  const indented = isTerminal(1);
  const text = (item: Item) =>
    indented ? `\n  ${jsonText(value(item), 2).replaceAll("\n", "\n  ")}` : jsonText(value(item));
  let separator = "[";
  for await (const items of pages) {
    if (items.length === 0) continue;
    writeText(1, separator + items.map(text).join(","));
    separator = ",";
  }
  if (separator === "[") writeText(1, "[]\n");
  else writeText(1, indented ? "\n]\n" : "]\n");
}
