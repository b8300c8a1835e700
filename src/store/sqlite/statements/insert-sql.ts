/** The statements of `insert.ts`. `jobs` is a chunk of a list, see `new-jobs.ts`; `jsonb_each` makes a row of each job. */
import { type RawBuilder, sql } from "kysely";
import type { UniqueConflict } from "../../../core/job/schema.js";
import type { JobState } from "../../../core/job/state.js";
import type { OutputFiles } from "../../shared/rows.js";
import { type Chunk, COLUMNS, DEADLINE, ON_CONFLICT, RUN_AT, UNIQUE_KEY, VALUES } from "../new-jobs.js";
import { statement } from "../statement.js";
import { unfinished } from "./predicates.js";

type Jobs = Pick<Chunk, "jobs">;

/** Every job that is there, or ever was, has a lower one than the next. */
export const newestSeq = statement<Record<never, never>, { seq: number }>(
  () => sql`SELECT coalesce(max(seq), 0) AS seq FROM jobs`,
);

/** Without the WHERE, SQLite would take ON for a part of the FROM. */
const insertion = (columns: string, values: RawBuilder<unknown>, jobs: RawBuilder<unknown>, now: RawBuilder<unknown>) =>
  sql`
    INSERT INTO jobs (${sql.raw(columns)}, created_at, updated_at, run_at, deadline_at, ${sql.raw(COLUMNS)})
    SELECT ${values}, ${now}, ${now}, coalesce(${sql.raw(RUN_AT)}, ${now}),
      coalesce(${sql.raw(RUN_AT)}, ${now}) + ${sql.raw(DEADLINE)}, ${sql.raw(VALUES)}
    FROM jsonb_each(${jobs})
    WHERE true
    ON CONFLICT DO NOTHING`;

/** Leaves out those whose id or unique key is taken. */
export const insertJobs = statement<Jobs & { now: number }>((p) =>
  insertion("state", sql`'pending'`, p("jobs"), p("now")),
);

/**
 * The same, where jobs replace others of the same chunk: these are written as what they have become when the transaction ends,
 * since the key is theirs no more. `errors` has for each job null, or why it is cancelled.
 */
export const insertWithReplaced = statement<Jobs & { now: number; errors: string }>((p) => {
  const error = sql`${p("errors")} ->> key`;
  const fate = sql`iif(${error} IS NULL, 'pending', 'cancelled'), iif(${error} IS NULL, NULL, ${p("now")}), ${error}`;
  return insertion("state, finished_at, last_error", fate, p("jobs"), p("now"));
});

export interface ApplicantRow {
  id: string;
  key: string | null;
  onConflict: UniqueConflict;
  namesakeSeq: number | null;
  namesakeState: JobState | null;
  holder: string | null;
  holderState: JobState | null;
}

/** In their order, with the job that has the id of each and the one that has its unique key, if these are not newer than `newest`. */
export const applicants = statement<Jobs & { newest: number }, ApplicantRow>(
  (p) => sql`
    SELECT chunk.value->>0 AS id, ${sql.raw(UNIQUE_KEY)} AS key, ${sql.raw(ON_CONFLICT)} AS onConflict,
      namesake.seq AS namesakeSeq, namesake.state AS namesakeState, holder.id AS holder, holder.state AS holderState
    FROM jsonb_each(${p("jobs")}) AS chunk
      LEFT JOIN jobs AS namesake ON namesake.id = chunk.value->>0 AND +namesake.seq <= ${p("newest")}
      LEFT JOIN jobs AS holder INDEXED BY jobs_unique ON holder.unique_key = ${sql.raw(UNIQUE_KEY)}
        AND holder.${unfinished} AND +holder.seq <= ${p("newest")}
    ORDER BY chunk.key`,
);

/** `places` is a list of places in the chunk. */
export const without = statement<Jobs & { places: string }, { jobs: Uint8Array }>(
  (p) => sql`
    SELECT jsonb_group_array(value ORDER BY key) AS jobs FROM jsonb_each(${p("jobs")})
    WHERE key NOT IN (SELECT value FROM json_each(${p("places")}))`,
);

export const idsOf = statement<Jobs, { id: string }>(
  (p) => sql`SELECT chunk.value->>0 AS id FROM jsonb_each(${p("jobs")}) AS chunk`,
);

export const outputFilesOfReplaced = statement<Jobs, OutputFiles>(
  (p) => sql`
    SELECT stdout_file, stderr_file
    FROM jsonb_each(${p("jobs")}) AS chunk CROSS JOIN attempts ON attempts.job_id = chunk.value->>0
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
  () => sql`CREATE TEMP TABLE IF NOT EXISTS staged (load, number, jobs, count, keyed, PRIMARY KEY (load, number))`,
);

interface StagedRow extends Omit<Chunk, "isKeyed"> {
  /** 1: one of them has a unique key. */
  readonly keyed: number;
}

/** Parsed here, where no lock is held. */
export const stage = statement<StagedRow & { load: number; number: number }>(
  (p) => sql`
    INSERT INTO temp.staged (load, number, jobs, count, keyed)
    VALUES (${p("load")}, ${p("number")}, jsonb(${p("jobs")}), ${p("count")}, ${p("keyed")})`,
);

export const staged = statement<{ load: number; number: number }, StagedRow>(
  (p) => sql`SELECT jobs, count, keyed FROM temp.staged WHERE load = ${p("load")} AND number = ${p("number")}`,
);

export const stagedIds = statement<{ load: number; names: string }, { id: string }>(
  (p) => sql`
    SELECT chunk.value->>0 AS id FROM temp.staged CROSS JOIN jsonb_each(staged.jobs) AS chunk
    WHERE staged.load = ${p("load")} AND chunk.value->>0 IN (SELECT value FROM json_each(${p("names")}))`,
);

export const discardStaged = statement<{ load: number }>((p) => sql`DELETE FROM temp.staged WHERE load = ${p("load")}`);
