/** `enqueue --file`: streams the jobs in, then reports the result. */
import { statSync } from "node:fs";
import type { PreparedJob } from "../../core/job/spec.js";
import { plural } from "../../core/text/plural.js";
import { jsonText } from "../../json/exact.js";
import { enqueuedToJson } from "../../json/jobs/change.js";
import type { Client } from "../../queue/client.js";
import { enqueuePrepared } from "../../queue/json-jobs.js";
import type { BaseCommand } from "../base/command.js";
import type { JobFile } from "../input/job-file.js";
import { openProgress, type Progress } from "../terminal/progress.js";
import { writeText } from "../terminal/standard-streams.js";

interface Source {
  readonly file: JobFile;
  /** `-` is stdin. */
  readonly path: string;
}

interface FileOptions extends Source {
  readonly replace: boolean;
  /** Whether to print ids only. */
  readonly quiet: boolean;
}

/** Tries the jobs on a queue that will be thrown away. @param silent whether the user wants no bar */
export async function checkFile(
  client: Client,
  { file, path, silent }: Source & { readonly silent: boolean },
): Promise<void> {
  const progress = openProgress(silent);
  showReading(progress, { file, path });
  try {
    await enqueuePrepared(client, file.batches());
  } catch (error) {
    throw file.locate(error);
  } finally {
    progress.stop();
  }
}

export async function enqueueFile(
  command: BaseCommand,
  client: Client,
  { file, path, replace, quiet }: FileOptions,
): Promise<void> {
  const asJson = command.json && !(quiet && !command.jsonFlag);
  const ids: string[] = [];
  const remember = asJson || quiet ? Number.POSITIVE_INFINITY : 1;
  const progress = openProgress(quiet || command.json);
  showReading(progress, { file, path });
  /** Holders of the unique keys, by the position of the skipped job. */
  const holders = new Map<number, string>();
  let count: number;
  try {
    count = await enqueuePrepared(client, watched(file.batches(), ids, remember), {
      replace,
      onSkipped: (_, holder, position) => holders.set(position, holder),
      onProgress: (done, total) => progress.update({ doing: "Writing", done, total }),
    });
  } catch (error) {
    throw file.locate(error);
  } finally {
    progress.stop();
  }

  if (asJson) await printJobs(command, client, { ids, holders, asList: file.isList || ids.length !== 1 });
  else if (quiet) for (const [position, id] of ids.entries()) command.print(holders.get(position) ?? id);
  else command.print(summary(count, ids[0] ?? "", holders));
}

function showReading(progress: Progress, { file, path }: Source): void {
  const size = path === "-" ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  file.onProgress = ({ jobs, bytes }) =>
    progress.update({ doing: "Reading", done: jobs, fraction: size > 0 ? bytes / size : undefined });
}

/** @param first the first job of the file */
function summary(count: number, first: string, holders: ReadonlyMap<number, string>): string {
  const skipped = holders.size;
  if (skipped === 0) return count === 1 ? `Enqueued job ${first}` : `Enqueued ${count} jobs`;
  if (count + skipped === 1) return `Job ${holders.get(0)} has the unique key already; nothing was enqueued`;
  return `Enqueued ${plural(count, "job")}; skipped ${skipped}, since unfinished jobs have their unique keys`;
}

async function* watched(batches: AsyncIterable<PreparedJob[]>, ids: string[], most: number) {
  for await (const batch of batches) {
    if (ids.length < most) ids.push(...batch.slice(0, most - ids.length).map((job) => job.id));
    yield batch;
  }
}

interface Printed {
  readonly ids: readonly string[];
  readonly holders: ReadonlyMap<number, string>;
  readonly asList: boolean;
}

/** One object, or a list that is written piece by piece. */
async function printJobs(command: BaseCommand, client: Client, { ids, holders, asList }: Printed): Promise<void> {
  let created = true;
  // Asked for one at a time, so that `created` belongs to the job that is being read.
  const existing = function* () {
    for (const [position, id] of ids.entries()) {
      created = !holders.has(position);
      yield holders.get(position) ?? id;
    }
  };
  if (!asList) {
    for await (const job of client.jobs.each(existing())) command.printJson(enqueuedToJson(job, created));
    return;
  }
  let separator = "[";
  for await (const job of client.jobs.each(existing())) {
    writeText(1, separator + jsonText(enqueuedToJson(job, created)));
    separator = ",\n";
  }
  command.print(ids.length === 0 ? "[]" : "]");
}
