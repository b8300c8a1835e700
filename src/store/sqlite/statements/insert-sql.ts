/** Statements for new jobs. `jobs` is a chunk of a list, see `new-jobs.ts`; `jsonb_each` makes a row of each job. */
import { type RawBuilder, sql } from "kysely";
import type { Chunk } from "../../shared/connection.js";
import type { InsertStatements } from "../../shared/statements/insert.js";
import {
  COLUMNS,
  DEADLINE,
  inChunks,
  ON_CONFLICT,
  OWN_VALUES,
  RUN_AT,
  SHARED_VALUES,
  UNIQUE_KEY,
} from "../new-jobs.js";
import { statement } from "../statement.js";
import { unfinished } from "./predicates.js";

/** The list of the job in the row. */
const ROW = sql.raw("value");

interface Insertion {
  readonly jobs: RawBuilder<unknown>;
  readonly now: RawBuilder<unknown>;
  /** The list with all values but id and command. */
  readonly common: RawBuilder<unknown>;
}

/** Without the WHERE, SQLite would take ON for a part of the FROM. */
const insertion = (columns: string, values: RawBuilder<unknown>, { jobs, now, common }: Insertion) => {
  const at = (list: RawBuilder<unknown>, path: string) => sql`${list}${sql.raw(path)}`;
  const runAt = sql`coalesce(${at(common, RUN_AT)}, ${now})`;
  return sql`
    INSERT INTO jobs (${sql.raw(columns)}, created_at, updated_at, run_at, deadline_at, ${sql.raw(COLUMNS)})
    SELECT ${values}, ${now}, ${now}, ${runAt}, max(${runAt}, ${now}) + ${at(common, DEADLINE)},
      ${sql.join([...OWN_VALUES.map((path) => at(ROW, path)), ...SHARED_VALUES.map((path) => at(common, path))])}
    FROM jsonb_each(${jobs})
    WHERE true
    ON CONFLICT DO NOTHING`;
};

const without = statement<{ jobs: Chunk["jobs"]; indexes: readonly number[] }, Pick<Chunk, "jobs">>(
  (p) => sql`
    SELECT jsonb_group_array(value ORDER BY key) AS jobs FROM jsonb_each(${p("jobs")})
    WHERE key NOT IN (SELECT value FROM json_each(${p("indexes")}))`,
);

const ids = statement<Pick<Chunk, "jobs">, { id: string }>(
  (p) => sql`SELECT chunk.value->>0 AS id FROM jsonb_each(${p("jobs")}) AS chunk`,
);

export const insert: InsertStatements = {
  chunks: inChunks,

  newestSeq: statement(() => sql`SELECT coalesce(max(seq), 0) AS seq FROM jobs`),

  insertMixed: statement((p) => insertion("state", sql`'pending'`, { jobs: p("jobs"), now: p("now"), common: ROW })),

  insertAlike: statement((p) =>
    insertion("state", sql`'pending'`, { jobs: p("jobs"), now: p("now"), common: p("common") }),
  ),

  insertWithReplaced: statement((p) => {
    const error = sql`${p("errors")} ->> key`;
    const fate = sql`iif(${error} IS NULL, 'pending', 'cancelled'), iif(${error} IS NULL, NULL, ${p("now")}), ${error}`;
    return insertion("state, finished_at, last_error", fate, { jobs: p("jobs"), now: p("now"), common: ROW });
  }),

  applicants: statement(
    (p) => sql`
    SELECT chunk.value->>0 AS id, chunk.value${sql.raw(UNIQUE_KEY)} AS key,
      coalesce(chunk.value${sql.raw(ON_CONFLICT)}, 'reject') AS onConflict,
      namesake.seq AS namesakeSeq, namesake.state AS namesakeState, holder.id AS holder, holder.state AS holderState
    FROM jsonb_each(${p("jobs")}) AS chunk
      LEFT JOIN jobs AS namesake ON namesake.id = chunk.value->>0 AND +namesake.seq <= ${p("newest")}
      LEFT JOIN jobs AS holder INDEXED BY jobs_unique ON holder.unique_key = chunk.value${sql.raw(UNIQUE_KEY)}
        AND holder.${unfinished} AND +holder.seq <= ${p("newest")}
    ORDER BY chunk.key`,
  ),

  *without(jobs, indexes) {
    return (yield* without.one({ jobs, indexes })).jobs;
  },

  *idsOf(jobs) {
    return (yield* ids.all({ jobs })).map(({ id }) => id);
  },

  outputFilesOfReplaced: statement(
    (p) => sql`
    SELECT stdout_file, stderr_file
    FROM jsonb_each(${p("jobs")}) AS chunk CROSS JOIN attempts ON attempts.job_id = chunk.value->>0
    WHERE stdout_file IS NOT NULL OR stderr_file IS NOT NULL`,
  ),

  deleteReplaced: statement(
    (p) => sql`
    DELETE FROM jobs
    WHERE state <> 'processing' AND seq <= ${p("newest")}
      AND id IN (SELECT value->>0 FROM jsonb_each(${p("jobs")}))`,
  ),
};
