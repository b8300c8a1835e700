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
import type { Work } from "../work.js";

export async function pruneJobs(connection: Connection, selection: PruneSelection, limit: number): Promise<Pruned> {
  const glance = await connection.run(findSome(connection, selection, connection.clock.now(), 1));
  if (glance.length === 0) return { deleted: 0, files: [] };
  return connection.write(function* (writing) {
    const { now } = writing;
    const sql = writing.sql.prune;
    const seqs = yield* findSome(writing, selection, now, limit);
    const files = sql.outputFiles === null ? [] : fileNames(yield* sql.outputFiles.all({ seqs }));
    return { deleted: yield* sql.delete.run({ seqs }), files };
  });
}

export async function countPrunable(connection: Connection, selection: PruneSelection): Promise<number> {
  const { sql, clock } = connection;
  const { count } = await connection.run(sql.prune.count.one(selected(selection, clock.now())));
  return count;
}

function* findSome({ sql }: Reading, selection: PruneSelection, now: number, limit: number): Work<number[]> {
  const rows = yield* sql.prune.find.all({ ...selected(selection, now), limit });
  return rows.map(({ seq }) => seq);
}

function selected({ states, olderThanMs }: PruneSelection, now: number): Selected {
  return { states, before: now - olderThanMs };
}
