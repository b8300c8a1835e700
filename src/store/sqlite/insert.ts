/**
 * Inserting jobs, any number of them in one transaction. A single batch is written at once. Of more, we must not hold the
 * write lock while the caller reads its input, nor keep it all in memory: they are staged, see `load.ts`.
 *
 * A conflict is no error to SQLite: a job whose id is taken is left out. When one is missing we look which, so that the
 * lowest position can be named, and give up the transaction.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { JobConflictError } from "../conflict.js";
import type { InsertOptions, NewJob } from "../store.js";
import { type Connection, type Writing, write } from "./connection.js";
import * as sql from "./insert-sql.js";
import { Load } from "./load.js";
import { inPieces, type Piece } from "./new-jobs.js";
import { fileNames } from "./rows.js";
import type { Runner } from "./statement.js";

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
    const dropped = await write(connection, (writing) => {
      const pieces = load.isEmpty ? inPieces(first) : load.pieces(writing.db);
      return insertPieces(writing, pieces, count, options);
    });
    if (dropped.length > 0) options.onDroppedFiles?.(dropped);
    return count;
  } finally {
    await load.discard();
  }
}

/** Resolves to the output files of the jobs that were replaced. */
async function insertPieces(
  { db, now }: Writing,
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  total: number,
  { replace = false, onProgress }: InsertOptions,
): Promise<string[]> {
  const dropped: string[] = [];
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
    if ((await sql.insertJobs.run(db, { jobs, now })) < count) {
      const { id, place, seq } = await firstLeftOut(db, jobs, before);
      const reason = seq > newest ? "twice" : replace ? "processing" : "exists";
      throw new JobConflictError(id, position + place, reason);
    }
    position += count;
  }
  return dropped;
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
