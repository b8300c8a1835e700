/**
 * Inserting jobs, any number of them in one transaction. A single batch is written at once. Of more, we must not hold the
 * write lock while the caller reads its input, nor keep it all in memory: they are staged, see `load.ts`.
 *
 * A conflict is no error to SQLite: a job whose id is taken is left out. When one is missing we look which, so that the
 * lowest position can be named, and give up the transaction. Only where jobs have unique keys do we look before: some may
 * have to stay out, others to make room.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Skipped, StandIns } from "../../../core/job/parent-redirects.js";
import type { Edge, InsertOptions, NewJob } from "../../contract/store.js";
import { type Connection, type Writing, write } from "../../sqlite/connection.js";
import { inPieces, type Piece } from "../../sqlite/new-jobs.js";
import { Load } from "../../sqlite/staging.js";
import type { Runner } from "../../sqlite/statement.js";
import * as sql from "../../sqlite/statements/insert-sql.js";
import { queueLengths } from "../../sqlite/statements/limits-sql.js";
import { afterReplacement, afterRevival, connect } from "../graph/dependencies.js";
import { checkLengths } from "../limits/queue-length.js";
import { fileNames } from "../rows.js";
import { admitted, type Entry, makeRoom, wholly } from "./unique.js";

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
    for (const { id, holder, position } of skipped) options.onSkipped?.(id, holder, position);
    return count - skipped.length;
  } finally {
    await load.discard();
  }
}

interface Inserted {
  /** The output files of the jobs that were replaced. */
  readonly dropped: readonly string[];
  readonly skipped: readonly Skipped[];
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
  const standIns = new StandIns();
  const dropped = await insertPieces(writing, pieces, count, standIns, options);
  const haveHeirs = (options.replace ?? false) || standIns.hasReplaced;
  await connect(writing, standIns.redirect(edges), haveHeirs);
  if (lengths.length > 0) await checkLengths(writing.db, lengths);
  return { dropped, skipped: standIns.skipped };
}

/** Resolves to the output files of the jobs that were replaced. */
async function insertPieces(
  writing: Writing,
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  total: number,
  standIns: StandIns,
  { replace = false, onProgress }: InsertOptions,
): Promise<string[]> {
  const { db } = writing;
  const dropped: string[] = [];
  const { seq: newest } = await sql.newestSeq.one(db, {});
  const call = { replace, newest, standIns };
  let position = 0;
  for await (const piece of pieces) {
    if (position > 0) {
      onProgress?.(position, total);
      await nextTurn();
    }
    const before = position === 0 ? newest : (await sql.newestSeq.one(db, {})).seq;
    const mayBeLeftOut = piece.isKeyed || !standIns.isEmpty;
    const entry = mayBeLeftOut ? await admitted(db, piece, call, position, before) : wholly(piece);
    if (replace) {
      dropped.push(...fileNames(await sql.outputFilesOfReplaced.all(db, { jobs: entry.jobs })));
      await sql.deleteReplaced.run(db, { jobs: entry.jobs, newest });
    }
    if ((await insertEntry(writing, entry)) < entry.count) {
      await admitted(db, piece, call, position, before);
      throw new Error("a job was not inserted, and nothing is in its way");
    }
    // A job that takes the place of another one takes over those that wait for it.
    if (replace) await afterRevival(writing, await idsOf(db, entry.jobs));
    await afterReplacement(writing, entry.replaced);
    position += piece.count;
  }
  return dropped;
}

/** Resolves to how many jobs came in. */
async function insertEntry(writing: Writing, { jobs, count, cancelled, errors }: Entry): Promise<number> {
  const { db, now } = writing;
  await makeRoom(writing, cancelled);
  if (count === 0) return 0;
  if (errors === null) return sql.insertJobs.run(db, { jobs, now });
  return sql.insertWithReplaced.run(db, { jobs, now, errors: JSON.stringify(errors) });
}

async function idsOf(db: Runner, jobs: Piece["jobs"]): Promise<string[]> {
  return (await sql.idsOf.all(db, { jobs })).map(({ id }) => id);
}

/** Which of these names are ids of the call's jobs. */
async function idsAmong(names: readonly string[], load: Load, batch: readonly NewJob[]): Promise<ReadonlySet<string>> {
  if (!load.isEmpty) return load.idsAmong(names);
  const asked = new Set(names);
  return new Set(batch.flatMap(({ id }) => (asked.has(id) ? [id] : [])));
}
