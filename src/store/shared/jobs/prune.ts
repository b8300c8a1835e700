/**
 * Deletes ended jobs, a batch at a time. One seek finds the oldest of each queue. A look that finds none takes no lock,
 * so it may be repeated at any rate.
 *
 * A parent may be deleted: what its end means for its children was recorded when it ended.
 */
import type { Pruned, PruneSelection } from "../../contract/store.js";
import type { Connection, Reading } from "../connection.js";
import { fileNames } from "../rows.js";
import type { Selected } from "../statements/prune.js";

export async function pruneJobs(connection: Connection, selection: PruneSelection, limit: number): Promise<Pruned> {
  const glance = await findSome(connection, selection, connection.clock.now(), 1);
  if (glance.length === 0) return { deleted: 0, files: [] };
  return connection.write(async (writing) => {
    const { db, now } = writing;
    const sql = writing.sql.prune;
    const seqs = await findSome(writing, selection, now, limit);
    const files = fileNames(await sql.outputFiles.all(db, { seqs }));
    return { deleted: await sql.delete.run(db, { seqs }), files };
  });
}

export async function countPrunable({ db, sql, clock }: Connection, selection: PruneSelection): Promise<number> {
  const { count } = await sql.prune.count.one(db, selected(selection, clock.now()));
  return count;
}

async function findSome(
  { db, sql }: Reading,
  selection: PruneSelection,
  now: number,
  limit: number,
): Promise<number[]> {
  const rows = await sql.prune.find.all(db, { ...selected(selection, now), limit });
  return rows.map(({ seq }) => seq);
}

function selected({ states, olderThanMs }: PruneSelection, now: number): Selected {
  return { states, before: now - olderThanMs };
}
