/** Statements about ended jobs that may be deleted, oldest first by the index of updates. */
import { type RawBuilder, sql } from "kysely";
import type { PruneStatements } from "../../shared/statements/prune.js";
import { statement } from "../statement.js";
import { finished } from "./predicates.js";

/** An ended job was last changed when it ended. */
const prunable = (before: RawBuilder<unknown>) => sql`
  job.state = part.state AND job.queue = part.queue AND job.updated_at <= ${before}`;

const parts = (states: RawBuilder<unknown>) => sql`(
  SELECT queue, state FROM job_counts WHERE ${finished} AND count > 0 AND state = ANY (${states})) AS part`;

export const prune: PruneStatements = {
  find: statement(
    (p) => sql`
    SELECT old.seq FROM ${parts(p("states"))} CROSS JOIN LATERAL (
      SELECT job.seq FROM jobs AS job
      WHERE ${prunable(p("before"))} ORDER BY job.updated_at, job.seq LIMIT ${p("limit")}) AS old
    LIMIT ${p("limit")}`,
  ),

  count: statement(
    (p) => sql`
    SELECT coalesce(sum(found.count), 0)::bigint AS count FROM ${parts(p("states"))} CROSS JOIN LATERAL (
      SELECT count(*) AS count FROM jobs AS job WHERE ${prunable(p("before"))}) AS found`,
  ),

  outputFiles: null,

  /** Their attempts go with them. */
  delete: statement((p) => sql`DELETE FROM jobs WHERE seq = ANY (${p("seqs")}) AND ${finished}`, "moved"),
};
