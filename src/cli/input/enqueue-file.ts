/** `enqueue --file`: streams the jobs in, then says what came of it. */
import { statSync } from "node:fs";
import { jobToJson } from "../../core/job-json.js";
import type { PreparedJob } from "../../core/job-spec.js";
import type { Queue } from "../../queue.js";
import type { BaseCommand } from "../command.js";
import { isTerminal, writeTo } from "../standard-streams.js";
import { JobFile } from "./job-file.js";

interface FileOptions {
  readonly replace: boolean;
  /** Ids only. */
  readonly quiet: boolean;
}

export async function enqueueFile(
  command: BaseCommand,
  queue: Queue,
  path: string,
  { replace, quiet }: FileOptions,
): Promise<undefined> {
  if (path === "-" && isTerminal(0)) command.remark("Reading jobs from the terminal; end with ctrl-D");
  const file = new JobFile(path, (spec) => queue.prepare(spec));
  const asJson = command.json && !(quiet && !command.jsonFlag);
  const ids: string[] = [];
  const remember = asJson || quiet ? Number.POSITIVE_INFINITY : 1;
  const progress = await showProgress(file, path);

  let count: number;
  try {
    count = await queue.enqueueAll(watched(file.batches(), ids, remember), { replace });
  } catch (error) {
    throw file.locate(error);
  } finally {
    progress?.stop();
  }

  if (asJson) await printJobs(command, queue, ids, file.isList || count !== 1);
  else if (quiet) for (const id of ids) command.print(id);
  else command.print(count === 1 ? `Enqueued job ${ids[0]}` : `Enqueued ${count} jobs`);
}

async function* watched(batches: AsyncIterable<PreparedJob[]>, ids: string[], most: number) {
  for await (const batch of batches) {
    if (ids.length < most) ids.push(...batch.slice(0, most - ids.length).map((job) => job.id));
    yield batch;
  }
}

/** One object, or a list that is written piece by piece. */
async function printJobs(command: BaseCommand, queue: Queue, ids: readonly string[], asList: boolean): Promise<void> {
  if (!asList) {
    for await (const job of queue.each(ids)) command.printJson(jobToJson(job));
    return;
  }
  let separator = "[";
  for await (const job of queue.each(ids)) {
    writeTo(1, separator + JSON.stringify(jobToJson(job)));
    separator = ",\n";
  }
  command.print(ids.length === 0 ? "[]" : "]");
}

async function showProgress(file: JobFile, path: string): Promise<{ stop(): void } | undefined> {
  if (!isTerminal(2)) return undefined;
  const { ProgressBar } = await import("../render/progress-bar.js");
  const total = path === "-" ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const bar = new ProgressBar("Reading", total);
  file.onProgress = ({ bytes, jobs }) => bar.update({ done: bytes, jobs });
  return bar;
}
