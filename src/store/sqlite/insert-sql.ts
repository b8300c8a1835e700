/** The statements of `insert.ts`. `jobs` is a piece of a list, see `new-jobs.ts`; `jsonb_each` makes a row of each job. */
import { sql } from "kysely";
import type { UniqueConflict } from "../../core/job-schema.js";
import type { JobState } from "../../core/state.js";
import { COLUMNS, DEADLINE, ON_CONFLICT, type Piece, RUN_AT, UNIQUE_KEY, VALUES } from "./new-jobs.js";
import { unfinished } from "./predicates.js";
import type { OutputFiles } from "./rows.js";
import { statement } from "./statement.js";

type Jobs = Pick<Piece, "jobs">;

/** Every job that is there, or ever was, has a lower one than the next. */
export const newestSeq = statement<Record<never, never>, { seq: number }>(
  () => sql`SELECT coalesce(max(seq), 0) AS seq FROM jobs`,
);

/** Leaves out those whose id or unique key is taken. Without a WHERE, SQLite would take ON for a part of the FROM. */
export const insertJobs = statement<Jobs & { now: number }>(
  (p) => sql`
    INSERT INTO jobs (state, created_at, updated_at, run_at, deadline_at, ${sql.raw(COLUMNS)})
    SELECT 'pending', ${p("now")}, ${p("now")}, coalesce(${sql.raw(RUN_AT)}, ${p("now")}),
      coalesce(${sql.raw(RUN_AT)}, ${p("now")}) + ${sql.raw(DEADLINE)}, ${sql.raw(VALUES)}
    FROM jsonb_each(${p("jobs")})
    WHERE true
    ON CONFLICT DO NOTHING`,
);

/** Which jobs have the ids of these, in the order of these; `place` counts from 0. */
export const holdersOfIds = statement<Jobs, { place: number; id: string; seq: number; state: JobState }>(
  (p) => sql`
    SELECT piece.key AS place, jobs.id, jobs.seq, jobs.state
    FROM jsonb_each(${p("jobs")}) AS piece CROSS JOIN jobs ON jobs.id = piece.value->>0
    ORDER BY piece.key`,
);

/** Which unfinished jobs have the unique keys of these, in the order of these. */
export const holdersOfKeys = statement<
  Jobs,
  { place: number; id: string; key: string; onConflict: UniqueConflict; holder: string; state: JobState }
>(
  (p) => sql`
    SELECT piece.key AS place, piece.value->>0 AS id, ${sql.raw(UNIQUE_KEY)} AS key, ${sql.raw(ON_CONFLICT)} AS onConflict,
      jobs.id AS holder, jobs.state
    FROM jsonb_each(${p("jobs")}) AS piece
      CROSS JOIN jobs INDEXED BY jobs_unique ON jobs.unique_key = ${sql.raw(UNIQUE_KEY)} AND jobs.${unfinished}
    WHERE jobs.id <> piece.value->>0
    ORDER BY piece.key`,
);

export const outputFilesOfReplaced = statement<Jobs, OutputFiles>(
  (p) => sql`
    SELECT stdout_file, stderr_file
    FROM jsonb_each(${p("jobs")}) AS piece CROSS JOIN attempts ON attempts.job_id = piece.value->>0
    WHERE stdout_file IS NOT NULL OR stderr_file IS NOT NULL`,
);

/** Of those that were there before: a job of this insert does not replace another one of it. */
export const deleteReplaced = statement<Jobs & { newest: number }>(
  (p) => sql`
    DELETE FROM jobs
    WHERE state <> 'processing' AND seq <= ${p("newest")}
      AND id IN (SELECT value->>0 FROM jsonb_each(${p("jobs")}))`,
);

/** One temporary table for all loads of a connection, so that the text of the statements stays the same. */
export const createStaged = statement<Record<never, never>>(
  () => sql`CREATE TEMP TABLE IF NOT EXISTS staged (load, number, jobs, count, PRIMARY KEY (load, number))`,
);

/** Parsed here, where no lock is held. */
export const stage = statement<Piece & { load: number; number: number }>(
  (p) => sql`
    INSERT INTO temp.staged (load, number, jobs, count)
    VALUES (${p("load")}, ${p("number")}, jsonb(${p("jobs")}), ${p("count")})`,
);

export const staged = statement<{ load: number; number: number }, Piece>(
  (p) => sql`SELECT jobs, count FROM temp.staged WHERE load = ${p("load")} AND number = ${p("number")}`,
);

export const discardStaged = statement<{ load: number }>((p) => sql`DELETE FROM temp.staged WHERE load = ${p("load")}`);
