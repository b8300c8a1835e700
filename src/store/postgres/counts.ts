/**
 * Folds the counts of jobs: each change of a job adds a row to `counts_delta`, and a reader adds all of them up. Now and
 * then the rows are taken out and added to `counts_base`, in one statement, so a reader finds each of them once, and one
 * that is killed has done nothing.
 */
import { sql } from "kysely";
import type { Work } from "../shared/work.js";
import { statement } from "./statement.js";

/** So few that one statement takes some tens of milliseconds. */
const MOST_AT_ONCE = 50_000;

const key = sql`hashtext('queuectl counts'), hashtext(current_schema())`;

/** For a FROM clause: until the end of the transaction no other folds. */
export const lockCounts = sql`pg_advisory_xact_lock(${key})`;

/** One process at a time; another one does nothing. */
export const foldCounts = statement<{ limit: number }, { taken: number }>(
  (p) => sql`
  WITH
    found AS MATERIALIZED (
      SELECT ARRAY(
        SELECT delta.ctid FROM counts_delta AS delta
        WHERE (SELECT pg_try_advisory_xact_lock(${key})) LIMIT ${p("limit")}) AS rows),
    taken AS (
      DELETE FROM counts_delta WHERE ctid = ANY ((SELECT rows FROM found)::tid[]) RETURNING queue, state, count),
    added AS (
      INSERT INTO counts_base (queue, state, count)
      SELECT queue, state, sum(count) FROM taken GROUP BY queue, state ORDER BY queue, state
      ON CONFLICT (queue, state) DO UPDATE SET count = counts_base.count + excluded.count)
  SELECT count(*) AS taken FROM taken`,
);

/** Resolves when there is little left. */
export function* tidyCounts(): Work<void> {
  while ((yield* foldCounts.one({ limit: MOST_AT_ONCE })).taken === MOST_AT_ONCE);
}
