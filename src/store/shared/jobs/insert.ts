/**
 * Inserts any number of jobs in one transaction. A single batch is written at once. More batches are staged: while the
 * caller reads its input, we must neither hold the write lock nor keep all jobs in memory.
 *
 * A conflict is no error to SQLite: a job whose id is taken is left out. If one is missing, we look for it, so that the
 * lowest position can be named, and give up the transaction. Only if jobs have unique keys do we look before: some may
 * have to be skipped, others to replace stored ones.
 */
import { ParentRedirects, type Skipped } from "../../../core/dependency/parent-redirects.js";
import type { Edge, InsertOptions, NewJob } from "../../contract/store.js";
import type { Chunk, Chunks, Connection, Staging, Writing } from "../connection.js";
import { afterReplacement, afterRevival, connect } from "../graph/dependencies.js";
import { withoutWaiting } from "../limits/parking.js";
import { checkLengths } from "../limits/queue-length.js";
import { fileNames } from "../rows.js";
import { pause, type Work } from "../work.js";
import { admitted, type Entry, makeRoom, wholly } from "./unique.js";

type Batches = AsyncIterable<readonly NewJob[]> | Iterable<readonly NewJob[]>;

export async function insertJobs(connection: Connection, batches: Batches, options: InsertOptions): Promise<number> {
  const staging = connection.staging();
  let first: readonly NewJob[] = [];
  let count = 0;
  try {
    for await (const batch of batches) {
      if (batch.length === 0) continue;
      if (count === 0) first = batch;
      else {
        if (staging.isEmpty) await staging.add(first);
        await staging.add(batch);
      }
      count += batch.length;
    }
    if (count === 0) return 0;
    const edges = (await options.edges?.((names) => idsAmong(names, staging, first))) ?? [];
    const { dropped, skipped } = await connection.write((writing) =>
      insertWithin(
        writing,
        staging.isEmpty ? writing.sql.insert.chunks(first) : staging.chunks(),
        count,
        edges,
        options,
      ),
    );
    if (dropped.length > 0) options.onDroppedFiles?.(dropped);
    for (const { id, holder, position } of skipped) options.onSkipped?.(id, holder, position);
    return count - skipped.length;
  } finally {
    await staging.discard();
  }
}

interface Inserted {
  /** Output files of the replaced jobs. */
  readonly dropped: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** In a transaction that the caller has begun, and gives up if this throws. */
export function* insertWithin(
  writing: Writing,
  chunks: Chunks,
  count: number,
  edges: readonly Edge[],
  options: InsertOptions = {},
): Work<Inserted> {
  const lengths = yield* writing.sql.limits.lengths.all({});
  const parentRedirects = new ParentRedirects();
  const dropped = yield* insertChunks(writing, chunks, count, parentRedirects, options);
  const haveHeirs = (options.replace ?? false) || parentRedirects.hasReplaced;
  yield* connect(writing, parentRedirects.redirect(edges), haveHeirs);
  if (lengths.length > 0) yield* checkLengths(writing, lengths);
  return { dropped, skipped: parentRedirects.skipped };
}

/** Results in the output files of the replaced jobs. */
function* insertChunks(
  writing: Writing,
  chunks: Chunks,
  total: number,
  parentRedirects: ParentRedirects,
  { replace = false, onProgress }: InsertOptions,
): Work<string[]> {
  const sql = writing.sql.insert;
  const dropped: string[] = [];
  const { seq: newest } = yield* sql.newestSeq.one({});
  const call = { replace, newest, parentRedirects };
  let position = 0;
  for (const next of chunks) {
    const chunk = "next" in next ? yield* next : next;
    if (position > 0) {
      onProgress?.(position, total);
      yield* pause();
    }
    const before = position === 0 ? newest : (yield* sql.newestSeq.one({})).seq;
    const mayBeLeftOut = chunk.isKeyed || !parentRedirects.isEmpty;
    const entry = mayBeLeftOut ? yield* admitted(writing, chunk, call, position, before) : wholly(chunk);
    if (replace) {
      const files = sql.outputFilesOfReplaced;
      if (files !== null) dropped.push(...fileNames(yield* files.all({ jobs: entry.jobs })));
      yield* withoutWaiting(writing, yield* sql.idsOf(entry.jobs), () =>
        sql.deleteReplaced.run({ jobs: entry.jobs, newest }),
      );
    }
    if ((yield* insertEntry(writing, entry)) < entry.count) {
      yield* admitted(writing, chunk, call, position, before);
      throw new Error("a job was not inserted, and nothing is in its way");
    }
    // A job that takes the place of another one inherits the jobs that wait for it.
    if (replace) yield* afterRevival(writing, yield* sql.idsOf(entry.jobs));
    yield* afterReplacement(writing, entry.replaced);
    position += chunk.count;
  }
  return dropped;
}

/** Results in the number of inserted jobs. */
function* insertEntry(writing: Writing, { jobs, common, count, cancelled, errors }: Entry): Work<number> {
  const { sql, now } = writing;
  yield* makeRoom(writing, cancelled);
  if (count === 0) return 0;
  if (errors === null) return yield* insertChunk(writing, { jobs, common });
  return yield* sql.insert.insertWithReplaced.run({ jobs, now, errors });
}

/** Leaves out jobs whose id or unique key is taken. Results in the number of inserted jobs. */
export function insertChunk({ sql, now }: Writing, { jobs, common }: Pick<Chunk, "jobs" | "common">): Work<number> {
  if (common === null) return sql.insert.insertMixed.run({ jobs, now });
  return sql.insert.insertAlike.run({ jobs, common, now });
}

/** Which of these names are ids of the call's jobs. */
async function idsAmong(
  names: readonly string[],
  staging: Staging,
  batch: readonly NewJob[],
): Promise<ReadonlySet<string>> {
  if (!staging.isEmpty) return staging.idsAmong(names);
  const asked = new Set(names);
  return new Set(batch.flatMap(({ id }) => (asked.has(id) ? [id] : [])));
}
