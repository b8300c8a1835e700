/**
 * Chooses and orders the jobs of a list: the one statement that is put together from a search.
 *
 * In the order of creation or of change, the jobs of one queue and state are a range of an index, already sorted. The
 * first fifty of a list are among the first fifty of each range, and the counts tell which ranges exist. So the cost is
 * that of the answer and not of the jobs. By tag, the jobs with that tag are read. By `run_at` and priority, and for a
 * list without a limit, all matching jobs are read and sorted.
 */
import { type RawBuilder, sql } from "kysely";
import type { JobFilter, JobOrder } from "../../contract/store.js";
import { isCounted, narrow, type Search } from "../../shared/graph/narrow.js";
import type { ListStatements } from "../../shared/statements/lists.js";
import type { None } from "../../shared/statements/prepared.js";
import { statement } from "../statement.js";
import { whereSql } from "./where-sql.js";

const COLUMNS = { created: "seq", updated: "updated_at", run_at: "run_at", priority: "priority" } as const;

/** The fence whose end is acknowledged. Null: none. */
const acknowledged = sql`(job.options ->> 'acknowledged')::bigint`;

/** Orders in which an index has the jobs of each state and queue. */
const INDEXED: readonly JobOrder[] = ["created", "updated"];

export const lists: ListStatements = {
  find: (search) =>
    statement(
      () =>
        sql`SELECT job.* FROM (${find(search)}) AS found JOIN jobs AS job ON job.seq = found.seq ${ordering(search)}`,
    ),

  count(search) {
    const filter = narrow(search);
    return statement(() =>
      isCounted(filter) ? counted(filter) : sql`SELECT count(*) AS count FROM (${find(filter)}) AS found`,
    );
  },

  /** Read as one text: a million rows of one number each would take ten times as much memory. */
  *seqs(search) {
    const found = statement<None, { seqs: string | null }>(
      () => sql`SELECT string_agg(seq::text, ',' ORDER BY place) AS seqs FROM (
        SELECT found.seq, row_number() OVER (${ordering(search)}) AS place
        FROM (${find(search)}) AS found JOIN jobs AS job ON job.seq = found.seq) AS placed`,
    );
    const { seqs } = yield* found.one({});
    return seqs === null ? [] : seqs.split(",").map(Number);
  },

  findAmong: (seqs, search) => statement(() => findAmong(seqs, search)),

  blockedAmong: statement((p) => sql`SELECT * FROM jobs WHERE seq = ANY (${p("seqs")}) AND state = 'blocked'`),
};

function counted(search: Search): RawBuilder<unknown> {
  const all = sql`SELECT coalesce(sum(count), 0) FROM job_counts WHERE ${matches(search, "job_counts")}`;
  return sql`SELECT ((${all}) ${search.unacknowledged ? sql`- (${acknowledgedDead(search)})` : sql``})::bigint AS count`;
}

/** The index jobs_acknowledged holds nothing but these. */
function acknowledgedDead({ queue }: Search): RawBuilder<unknown> {
  return sql`
    SELECT count(*) FROM jobs AS job WHERE job.state = 'dead' AND ${acknowledged} = job.fence
      ${queue === undefined ? sql`` : sql`AND job.queue = ${queue}::text`}`;
}

/** Selects `seq`. */
function find(search: Search): RawBuilder<{ seq: number }> {
  const filter = narrow(search);
  const { states, queue, tags = [], limit, order = "created" } = filter;
  const top = limit === undefined ? sql`` : sql`${ordering(filter)} LIMIT ${limit}::bigint`;
  if (tags.length > 0)
    return sql`SELECT job.seq FROM ${tagged(tags)} WHERE ${matches(filter)} ${fulfils(filter)} ${top}`;
  const everything = states === undefined && queue === undefined;
  if (limit === undefined || !INDEXED.includes(order) || (everything && order === "created")) {
    return sql`SELECT job.seq FROM jobs AS job WHERE ${matches(filter)} ${fulfils(filter)} ${top}`;
  }
  return sql`
    SELECT job.seq
    FROM (SELECT state, queue FROM job_counts WHERE count > 0 AND ${matches(filter, "job_counts")}) AS part
    CROSS JOIN LATERAL (
      SELECT job.seq, job.updated_at FROM jobs AS job
      WHERE job.state = part.state AND job.queue = part.queue ${fulfils(filter)} ${top}) AS job
    ${top}`;
}

function findAmong(seqs: readonly number[], search: Search): RawBuilder<unknown> {
  const filter = narrow(search);
  const tags = (filter.tags ?? []).map((tag) => sql`AND ${tag}::text IN (SELECT json_array_elements_text(job.tags))`);
  return sql`
    SELECT job.* FROM jobs AS job
    WHERE job.seq = ANY (${[...seqs]}::bigint[])
      AND ${matches(filter)} ${tags.length === 0 ? sql`` : sql.join(tags, sql` `)} ${fulfils(filter)}`;
}

/** Equal jobs come in the order of creation; `reverse` turns that round too. */
function ordering({ order = "created", reverse = false }: JobFilter): RawBuilder<unknown> {
  const forwards = sql.raw(reverse ? "DESC" : "ASC");
  if (order === "created") return sql`ORDER BY job.seq ${forwards}`;
  const direction = sql.raw((order === "priority") === reverse ? "ASC" : "DESC");
  return sql`ORDER BY job.${sql.ref(COLUMNS[order])} ${direction}, job.seq ${forwards}`;
}

/** `table` has the columns `state` and `queue`. */
function matches({ states, queue }: JobFilter, table = "job"): RawBuilder<unknown> {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const wanted = states === undefined ? sql`true` : sql`${column("state")} = ANY (${[...states]}::text[])`;
  return sql`${wanted} ${queue === undefined ? sql`` : sql`AND ${column("queue")} = ${queue}::text`}`;
}

/** The rest of the filter. */
function fulfils({ where, unacknowledged = false, ...context }: Search): RawBuilder<unknown> {
  const open = unacknowledged ? sql`AND ${acknowledged} IS DISTINCT FROM job.fence` : sql``;
  return where === undefined ? open : sql`${open} AND ${whereSql(where, context)}`;
}

/** The jobs that have all of these tags. */
function tagged([first, ...others]: readonly string[]): RawBuilder<unknown> {
  const also = others.map(
    (tag) => sql`AND EXISTS (SELECT 1 FROM job_tags AS other WHERE other.tag = ${tag}::text AND other.seq = job.seq)`,
  );
  return sql`job_tags JOIN jobs AS job ON job.seq = job_tags.seq AND job_tags.tag = ${first}::text ${sql.join(also, sql` `)}`;
}
