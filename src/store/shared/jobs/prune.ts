/**
 * Deleting jobs that have ended, a batch at a time. The oldest of each queue are found by one seek, and the look that finds
 * nothing takes no lock, so that it may be repeated as often as somebody likes.
 *
 * A job that others were to run after may go: what its end means for them was written down when it ended.
 */
import { type RawBuilder, sql } from "kysely";
import type { Pruned, PruneSelection } from "../../contract/store.js";
import { type Connection, write } from "../../sqlite/connection.js";
import { type Runner, statement } from "../../sqlite/statement.js";
import { finished } from "../../sqlite/statements/predicates.js";
import { fileNames, type OutputFiles } from "../rows.js";

export async function pruneJobs(connection: Connection, selection: PruneSelection, limit: number): Promise<Pruned> {
  const glance = await findSome(connection.db, selection, connection.clock.now(), 1);
  if (glance.length === 0) return { deleted: 0, files: [] };
  return write(connection, async ({ db, now }) => {
    const seqs = JSON.stringify(await findSome(db, selection, now, limit));
    const files = fileNames(await outputFiles.all(db, { seqs }));
    return { deleted: await deleteFinished.run(db, { seqs }), files };
  });
}

export async function countPrunable({ db, clock }: Connection, selection: PruneSelection): Promise<number> {
  const { count } = await countSelected.one(db, { ...parametersOf(selection, clock.now()) });
  return count;
}

async function findSome(db: Runner, selection: PruneSelection, now: number, limit: number): Promise<number[]> {
  const rows = await findSelected.all(db, { ...parametersOf(selection, now), limit });
  return rows.map(({ seq }) => seq);
}

interface Selected {
  /** A JSON list. */
  states: string;
  before: number;
}

function parametersOf({ states, olderThanMs }: PruneSelection, now: number): Selected {
  return { states: JSON.stringify(states), before: now - olderThanMs };
}

/** A job that has ended was changed last when it ended. */
const prunable = (before: RawBuilder<unknown>) => sql`
  job.state = part.state AND job.queue = part.queue AND job.updated_at <= ${before}`;

const parts = (states: RawBuilder<unknown>) => sql`(
  SELECT queue, state FROM job_counts
  WHERE ${finished} AND count > 0 AND state IN (SELECT value FROM json_each(${states}))) AS part`;

const findSelected = statement<Selected & { limit: number }, { seq: number }>(
  (p) => sql`
    SELECT old.seq FROM ${parts(p("states"))} CROSS JOIN jobs AS old ON old.seq IN (
      SELECT job.seq FROM jobs AS job INDEXED BY jobs_by_update
      WHERE ${prunable(p("before"))} ORDER BY job.updated_at LIMIT ${p("limit")})
    LIMIT ${p("limit")}`,
);

const countSelected = statement<Selected, { count: number }>(
  (p) => sql`
    SELECT count(*) AS count FROM ${parts(p("states"))} CROSS JOIN jobs AS job INDEXED BY jobs_by_update
    WHERE ${prunable(p("before"))}`,
);

const outputFiles = statement<{ seqs: string }, OutputFiles>(
  (p) => sql`
    SELECT stdout_file, stderr_file FROM attempts
    WHERE job_id IN (SELECT id FROM jobs WHERE seq IN (SELECT value FROM json_each(${p("seqs")})))
      AND (stdout_file IS NOT NULL OR stderr_file IS NOT NULL)`,
);

/** With their attempts. Not by the index of states, which would go through all that have ended. */
const deleteFinished = statement<{ seqs: string }>(
  (p) => sql`DELETE FROM jobs NOT INDEXED WHERE seq IN (SELECT value FROM json_each(${p("seqs")})) AND ${finished}`,
);
