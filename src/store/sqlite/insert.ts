/**
 * Inserting jobs, any number of them in one transaction. A single batch is checked and written at once. Of more, we must
 * not hold the write lock while the caller reads its input, nor keep it all in memory: they are staged, see `load.ts`.
 *
 * Conflicts are found by asking and not by tripping over a constraint, so that the lowest position can be named.
 */
import { JobConflictError } from "../conflict.js";
import type { InsertOptions, NewJob } from "../store.js";
import { type Connection, write } from "./connection.js";
import { deleteJob, insertJob, outputFilesOfJob, stateOfJob } from "./insert-sql.js";
import { Load } from "./load.js";
import { fileNames, fromNewJob } from "./rows.js";
import { inTurns } from "./turns.js";

type Batches = AsyncIterable<readonly NewJob[]> | Iterable<readonly NewJob[]>;

export async function insertJobs(connection: Connection, batches: Batches, options: InsertOptions): Promise<number> {
  const load = new Load(connection);
  let only: readonly NewJob[] = [];
  try {
    for await (const batch of batches) {
      if (load.size === 0 && only.length === 0) {
        only = batch;
        continue;
      }
      if (load.size === 0) await load.add(only);
      await load.add(batch);
    }
    const dropped = load.size > 0 ? await load.move(options) : await insertBatch(connection, only, options);
    if (dropped.length > 0) options.onDroppedFiles?.(dropped);
    return Math.max(load.size, only.length);
  } finally {
    await load.discard();
  }
}

/** Resolves to the output files of the jobs that were replaced. */
async function insertBatch(connection: Connection, jobs: readonly NewJob[], options: InsertOptions): Promise<string[]> {
  if (jobs.length === 0) return [];
  return write(connection, async ({ db, now }) => {
    const seen = new Set<string>();
    const dropped: string[] = [];
    await inTurns(jobs, async (job, position) => {
      if (seen.has(job.id)) throw new JobConflictError(job.id, position, "twice");
      seen.add(job.id);
      const existing = await stateOfJob.first(db, job);
      if (existing !== undefined) {
        if (!options.replace) throw new JobConflictError(job.id, position, "exists");
        if (existing.state === "processing") throw new JobConflictError(job.id, position, "processing");
        dropped.push(...fileNames(await outputFilesOfJob.all(db, job)));
        await deleteJob.run(db, job);
      }
      await insertJob.run(db, { ...fromNewJob(job), now });
    });
    return dropped;
  });
}
