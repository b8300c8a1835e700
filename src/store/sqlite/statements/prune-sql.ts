/** Statements about ended jobs that may be deleted, oldest first by the index of updates. */
import { type RawBuilder, sql } from "kysely";
import type { PruneStatements } from "../../shared/statements/prune.js";
import { statement } from "../statement.js";
import { finished } from "./predicates.js";

/** An ended job was last changed when it ended. */
const prunable = (before: RawBuilder<unknown>) => sql`
  job.state = part.state AND job.queue = part.queue AND job.updated_at <= ${before}`;

const parts = (states: RawBuilder<unknown>) => sql`(
  SELECT queue, state FROM job_counts
  WHERE ${finished} AND count > 0 AND state IN (SELECT value FROM json_each(${states}))) AS part`;

export const prune: PruneStatements = {
  find: statement(
    (p) => sql`
    SELECT old.seq FROM ${parts(p("states"))} CROSS JOIN jobs AS old ON old.seq IN (
      SELECT job.seq FROM jobs AS job INDEXED BY jobs_by_update
      WHERE ${prunable(p("before"))} ORDER BY job.updated_at LIMIT ${p("limit")})
    LIMIT ${p("limit")}`,
  ),

  count: statement(
    (p) => sql`
    SELECT count(*) AS count FROM ${parts(p("states"))} CROSS JOIN jobs AS job INDEXED BY jobs_by_update
    WHERE ${prunable(p("before"))}`,
  ),

  outputFiles: statement(
    (p) => sql`
    SELECT stdout_file, stderr_file FROM attempts
    WHERE job_id IN (SELECT id FROM jobs WHERE seq IN (SELECT value FROM json_each(${p("seqs")})))
      AND (stdout_file IS NOT NULL OR stderr_file IS NOT NULL)`,
  ),

  /** Deletes their attempts too. Avoids the index of states, which would go through all ended jobs. */
  delete: statement(
    (p) => sql`DELETE FROM jobs NOT INDEXED WHERE seq IN (SELECT value FROM json_each(${p("seqs")})) AND ${finished}`,
  ),
};
