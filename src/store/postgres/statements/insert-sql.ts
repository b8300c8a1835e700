/** Statements for new jobs. `jobs` is a chunk of columns, see `new-jobs.ts`; `unnest` puts them side by side. */
import { type RawBuilder, sql } from "kysely";
import { Placeholder } from "../../compiled-statement.js";
import type { InsertStatements } from "../../shared/statements/insert.js";
import { COLUMNS, idsOf, inChunks, type JobColumns, STORED, without } from "../new-jobs.js";
import { statement } from "../statement.js";
import { toPostgres } from "../values.js";
import { isUnfinished } from "./predicates.js";

/** The chunk's column of this name, as a list. */
function list(name: string): RawBuilder<unknown> {
  const index = COLUMNS.findIndex((column) => column.name === name);
  const column = new Placeholder(`jobs.${name}`, ({ jobs }) => toPostgres((jobs as JobColumns)[index]));
  return sql`${column}::${sql.raw(COLUMNS[index]?.type ?? "")}`;
}

/** The chunk as rows, with their positions. */
const chunk = (names: readonly string[]) => sql`
  unnest(${sql.join(names.map(list))}) WITH ORDINALITY AS chunk (${sql.raw([...names, "position"].join(", "))})`;

const ALL = COLUMNS.map(({ name }) => name);
const STORED_NAMES = STORED.map(({ name }) => name);

/** `seq` grows in the order of the chunk. */
const insertion = (columns: string, values: RawBuilder<unknown>, now: RawBuilder<unknown>) => {
  const runAt = sql`coalesce(chunk.run_at, ${now})`;
  return sql`
    INSERT INTO jobs (${sql.raw([...STORED_NAMES, "run_at", "deadline_at", "created_at", "updated_at", columns].join(", "))})
    SELECT ${sql.raw(STORED_NAMES.join(", "))}, ${runAt}, greatest(${runAt}, ${now}) + deadline_ms, ${now}, ${now}, ${values}
    FROM ${chunk(ALL)}
    ORDER BY position
    ON CONFLICT DO NOTHING`;
};

export const insert: InsertStatements = {
  chunks: inChunks,

  newestSeq: statement(() => sql`SELECT coalesce(max(seq), 0)::bigint AS seq FROM jobs`),

  insertMixed: statement((p) => insertion("state", sql`'pending'`, p("now")), "work"),

  /** Not used: a chunk never says that its jobs have something in common. */
  insertAlike: statement((p) => insertion("state", sql`'pending'`, p("now")), "work"),

  insertWithReplaced: statement((p) => {
    const error = sql`(${p("errors")})[position]`;
    const fate = sql`
      CASE WHEN ${error} IS NULL THEN 'pending' ELSE 'cancelled' END,
      CASE WHEN ${error} IS NOT NULL THEN ${p("now")} END, ${error}`;
    return insertion("state, finished_at, last_error", fate, p("now"));
  }, "work"),

  applicants: statement(
    (p) => sql`
    SELECT chunk.id, chunk.unique_key AS key, chunk.on_conflict AS "onConflict",
      namesake.seq AS "namesakeSeq", namesake.state AS "namesakeState", holder.id AS holder, holder.state AS "holderState"
    FROM ${chunk(["id", "unique_key", "on_conflict"])}
      LEFT JOIN jobs AS namesake ON namesake.id = chunk.id AND namesake.seq <= ${p("newest")}
      LEFT JOIN jobs AS holder ON holder.unique_key = chunk.unique_key AND ${isUnfinished("holder.")}
        AND holder.seq <= ${p("newest")}
    ORDER BY chunk.position`,
  ),

  // biome-ignore lint/correctness/useYield: it is work as that of other databases
  *without(jobs, indexes) {
    return without(jobs as JobColumns, indexes);
  },

  // biome-ignore lint/correctness/useYield: as above
  *idsOf(jobs) {
    return idsOf(jobs as JobColumns);
  },

  outputFilesOfReplaced: null,

  deleteReplaced: statement(
    (p) => sql`DELETE FROM jobs WHERE state <> 'processing' AND seq <= ${p("newest")} AND id = ANY (${list("id")})`,
    "moved",
  ),
};
