/**
 * Inserting jobs, any number of them in one transaction. A single batch is written at once. Of more, we must not hold the
 * write lock while the caller reads its input, nor keep it all in memory: they are staged, see `load.ts`.
 *
 * A conflict is no error to SQLite: a job whose id is taken is left out. When one is missing we look which, so that the
 * lowest position can be named, and give up the transaction.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { JobConflictError } from "../conflict.js";
import type { Edge, InsertOptions, NewJob } from "../store.js";
import { type Connection, type Writing, write } from "./connection.js";
import { afterRevival, connect } from "./dependencies.js";
import * as sql from "./insert-sql.js";
import { checkLengths } from "./lengths.js";
import { queueLengths } from "./limits-sql.js";
import { Load } from "./load.js";
import { inPieces, type Piece } from "./new-jobs.js";
import { fileNames } from "./rows.js";
import type { Runner } from "./statement.js";
import { settleUnique } from "./unique.js";

type Batches = AsyncIterable<readonly NewJob[]> | Iterable<readonly NewJob[]>;

export async function insertJobs(connection: Connection, batches: Batches, options: InsertOptions): Promise<number> {
  const load = new Load(connection);
  let first: readonly NewJob[] = [];
  let count = 0;
  try {
    for await (const batch of batches) {
      if (batch.length === 0) continue;
      if (count === 0) first = batch;
      else {
        if (load.isEmpty) await load.add(first);
        await load.add(batch);
      }
      count += batch.length;
    }
    if (count === 0) return 0;
    const edges = (await options.edges?.((names) => idsAmong(names, load, first))) ?? [];
    const { dropped, skipped } = await write(connection, (writing) =>
      insertWithin(writing, load.isEmpty ? inPieces(first) : load.pieces(writing.db), count, edges, options),
    );
    if (dropped.length > 0) options.onDroppedFiles?.(dropped);
    for (const [id, holder] of skipped) options.onSkipped?.(id, holder);
    return count - skipped.size;
  } finally {
    await load.discard();
  }
}

interface Inserted {
  /** The output files of the jobs that were replaced. */
  readonly dropped: readonly string[];
  /** The jobs that are left out, and who has their unique key. */
  readonly skipped: ReadonlyMap<string, string>;
}

/** In a transaction that somebody else has begun, and will give up if this throws. */
export async function insertWithin(
  writing: Writing,
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  count: number,
  edges: readonly Edge[],
  options: InsertOptions = {},
): Promise<Inserted> {
  const lengths = await queueLengths.all(writing.db, {});
  const done = await insertPieces(writing, pieces, count, options);
  await connect(writing, withoutSkipped(edges, done.skipped), options.replace ?? false);
  if (lengths.length > 0) await checkLengths(writing.db, lengths);
  return done;
}

async function insertPieces(
  { db, now }: Writing,
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  total: number,
  { replace = false, onProgress }: InsertOptions,
): Promise<Inserted> {
  const dropped: string[] = [];
  const skipped = new Map<string, string>();
  const { seq: newest } = await sql.newestSeq.one(db, {});
  let position = 0;
  for await (const { jobs, count } of pieces) {
    if (position > 0) {
      onProgress?.(position, total);
      await nextTurn();
    }
    const before = position === 0 ? newest : (await sql.newestSeq.one(db, {})).seq;
    if (replace) {
      dropped.push(...fileNames(await sql.outputFilesOfReplaced.all(db, { jobs })));
      await sql.deleteReplaced.run(db, { jobs, newest });
    }
    let inserted = await sql.insertJobs.run(db, { jobs, now });
    if (inserted < count) {
      const settled = await settleUnique({ db, now }, jobs, position, !replace);
      for (const [id, holder] of settled.skipped) skipped.set(id, holder);
      if (settled.replaced) inserted += await sql.insertJobs.run(db, { jobs, now });
      inserted += settled.skipped.size;
    }
    if (inserted < count) {
      const { id, place, seq } = await firstLeftOut(db, jobs, before);
      const reason = seq > newest ? "twice" : replace ? "processing" : "exists";
      throw new JobConflictError(id, position + place, reason);
    }
    // A job that takes the place of another one takes over those that wait for it.
    if (replace) await afterRevival({ db, now }, await idsOf(db, jobs));
    position += count;
  }
  return { dropped, skipped };
}

/**
 * The first job of a piece whose id another job has.
 * @param before the newest job's `seq` when the piece was not yet inserted
 */
async function firstLeftOut(db: Runner, jobs: Piece["jobs"], before: number) {
  const seen = new Set<string>();
  for (const holder of await sql.holdersOfIds.all(db, { jobs })) {
    if (holder.seq <= before || seen.has(holder.id)) return holder;
    seen.add(holder.id);
  }
  throw new Error("a job was not inserted, and no other one has its id");
}

async function idsOf(db: Runner, jobs: Piece["jobs"]): Promise<string[]> {
  return (await sql.holdersOfIds.all(db, { jobs })).map(({ id }) => id);
}

function withoutSkipped(edges: readonly Edge[], skipped: ReadonlyMap<string, string>): readonly Edge[] {
  return skipped.size === 0 ? edges : edges.filter(({ child }) => !skipped.has(child));
}

/** Which of these names are ids of the call's jobs. */
async function idsAmong(names: readonly string[], load: Load, batch: readonly NewJob[]): Promise<ReadonlySet<string>> {
  if (!load.isEmpty) return load.idsAmong(names);
  const asked = new Set(names);
  return new Set(batch.flatMap(({ id }) => (asked.has(id) ? [id] : [])));
}
