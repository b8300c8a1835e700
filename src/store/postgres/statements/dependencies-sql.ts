/** Statements about dependencies. */
import { type RawBuilder, sql } from "kysely";
import type { DependencyStatements } from "../../shared/statements/dependencies.js";
import { statement } from "../statement.js";
import { allowed, changeTime, hookColumns, isUnfinished, unfinished } from "./predicates.js";

/** Lists of lists, as rows of their texts: `pair ->> 0` and so on. */
const rowsOf = (list: RawBuilder<unknown>, name: string) => sql`json_array_elements(${list}) AS ${sql.raw(name)}`;

const scheduleOf = (job: string) => sql.raw(`${job}.options -> 'schedule' ->> 'name'`);

export const dependencies: DependencyStatements = {
  firstUnknownParent: statement(
    (p) => sql`
    SELECT edge.position - 1 AS position, edge.parent FROM unnest(${p("parents")}) WITH ORDINALITY AS edge (parent, position)
    WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = edge.parent)
    ORDER BY edge.position LIMIT 1`,
  ),

  add: statement(
    (p) => sql`
    INSERT INTO dependencies (child, parent, condition)
    SELECT jobs.seq, edge ->> 1, edge ->> 2 FROM ${rowsOf(p("edges"), "edge")} JOIN jobs ON jobs.id = edge ->> 0`,
  ),

  markBlocked: statement(
    (p) => sql`
    UPDATE jobs SET state = 'blocked' WHERE state = 'pending' AND id = ANY (${p("ids")}) RETURNING seq`,
  ),

  inheritParents: statement((p) => {
    const earlier = sql`
    JOIN dependencies ON dependencies.child = reached.gone AND dependencies.status = 'waiting'
    JOIN jobs AS earlier ON earlier.id = dependencies.parent`;
    return sql`
    WITH RECURSIVE reached (child, gone, schedule) AS (
      SELECT later.child, gone.seq, ${scheduleOf("gone")}
      FROM jobs AS gone
        JOIN dependencies AS later ON later.parent = gone.id AND later.status = 'waiting'
        JOIN jobs AS next ON next.seq = later.child
      WHERE gone.id = ANY (${p("parents")}) AND gone.options IS NOT NULL AND gone.state = 'cancelled'
        AND next.state = 'blocked' AND ${scheduleOf("gone")} = ${scheduleOf("next")}
      UNION
      SELECT reached.child, earlier.seq, reached.schedule FROM reached ${earlier}
      WHERE earlier.state = 'cancelled' AND ${scheduleOf("earlier")} = reached.schedule)
    INSERT INTO dependencies (child, parent, condition)
    SELECT reached.child, dependencies.parent, dependencies.condition FROM reached ${earlier}
    WHERE earlier.state <> 'cancelled' OR ${scheduleOf("earlier")} IS DISTINCT FROM reached.schedule
    ON CONFLICT DO NOTHING`;
  }),

  resolve: statement(
    (p) => sql`
    UPDATE dependencies SET status = CASE
      WHEN condition = 'any' THEN 'met'
      WHEN (condition = 'ok') = coalesce((SELECT state = 'completed' FROM jobs WHERE id = parent), false) THEN 'met'
      ELSE 'unmet' END
    WHERE parent = ANY (${p("parents")}) AND status = 'waiting'
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = parent AND ${unfinished})
    RETURNING child`,
  ),

  unblock: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'pending', run_at = greatest(run_at, ${p("now")}), updated_at = ${changeTime(p("now"))},
      deadline_at = greatest(run_at, ${p("now")}) + deadline_ms
    WHERE seq = ANY (${p("children")}) AND ${allowed("unblock")}
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status IN ('waiting', 'unmet'))`,
    "work",
  ),

  bury: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'dead', unmet = true, finished_at = ${changeTime(p("now"))}, updated_at = ${changeTime(p("now"))},
      last_error = (
        SELECT CASE condition
          WHEN 'fail' THEN 'it was to run if job ' || parent || ' failed, which did not'
          ELSE 'it was to run after job ' || parent || ', which did not complete' END
        FROM dependencies WHERE child = seq AND status = 'unmet' ORDER BY parent LIMIT 1)
    WHERE seq = ANY (${p("children")}) AND state = 'blocked' AND on_unmet = 'bury'
      AND EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status = 'unmet')
    RETURNING id, ${hookColumns}`,
    "moved",
  ),

  reset: statement(
    (p) => sql`
    UPDATE dependencies SET status = 'waiting'
    WHERE parent = ANY (${p("parents")}) AND status <> 'waiting'
      AND EXISTS (SELECT 1 FROM jobs WHERE seq = child AND (state = 'blocked' OR unmet))
    RETURNING child`,
  ),

  /** Of two with the same key the older one is taken, if no other job holds it. */
  blockAgain: statement(
    (p) => sql`
    UPDATE jobs SET state = 'blocked', unmet = false, finished_at = NULL, last_error = NULL, updated_at = ${changeTime(p("now"))}
    WHERE seq IN (
      SELECT seq FROM (
        SELECT seq, unique_key, row_number() OVER (PARTITION BY unique_key ORDER BY seq) AS place FROM jobs
        WHERE seq = ANY (${p("children")}) AND state = 'dead' AND unmet
          AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = jobs.seq AND status = 'unmet')) AS candidate
      WHERE unique_key IS NULL OR place = 1 AND NOT EXISTS (
        SELECT 1 FROM jobs AS holder WHERE holder.unique_key = candidate.unique_key AND ${isUnfinished("holder.")}))
    RETURNING id, seq`,
  ),

  diedOf: statement(
    (p) => sql`
    SELECT child.id AS child, dependencies.parent, parent.state
    FROM jobs AS child
      JOIN dependencies ON dependencies.child = child.seq AND dependencies.status = 'unmet'
      LEFT JOIN jobs AS parent ON parent.id = dependencies.parent
    WHERE child.id = ANY (${p("ids")}) AND child.state = 'dead' AND child.unmet`,
  ),

  buriedBy: statement(
    (p) => sql`
    WITH RECURSIVE reached (id, parent) AS (
      SELECT unnest(${p("parents")}) COLLATE "C", NULL::text COLLATE "C"
      UNION
      SELECT child.id, dependencies.parent FROM reached
        JOIN dependencies ON dependencies.parent = reached.id AND dependencies.status = 'unmet'
        JOIN jobs AS child ON child.seq = dependencies.child
      WHERE child.state = 'dead' AND child.unmet AND child.finished_at >= ${p("since")})
    SELECT id, parent FROM reached WHERE parent IS NOT NULL`,
  ),

  handOver: statement(
    (p) => sql`
    INSERT INTO dependencies (child, parent, condition)
    SELECT dependency.child, pair ->> 1, dependency.condition
    FROM ${rowsOf(p("pairs"), "pair")}
      JOIN dependencies AS dependency ON dependency.parent = pair ->> 0 AND dependency.status = 'waiting'
      JOIN jobs AS child ON child.seq = dependency.child
    WHERE ${scheduleOf("child")} IS NULL
    ON CONFLICT (parent, child) DO UPDATE SET status = 'waiting',
      condition = CASE WHEN dependencies.condition = 'any' THEN excluded.condition ELSE dependencies.condition END`,
  ),

  dropHandedOver: statement(
    (p) => sql`
    DELETE FROM dependencies WHERE (parent, child) IN (
      SELECT dependency.parent, dependency.child
      FROM ${rowsOf(p("pairs"), "pair")}
        JOIN dependencies AS dependency ON dependency.parent = pair ->> 0 AND dependency.status = 'waiting'
        JOIN dependencies AS taken ON taken.parent = pair ->> 1 AND taken.child = dependency.child
      WHERE dependency.condition IN ('any', taken.condition))`,
  ),

  keepOnlyParents: statement(
    (p) => sql`
    UPDATE dependencies SET status = CASE WHEN parent = ANY (${p("parents")}) THEN 'waiting' ELSE 'met' END
    WHERE child = ANY (${p("children")})`,
  ),

  awaitNoMore: statement(
    (p) => sql`
    UPDATE dependencies SET status = 'met'
    WHERE parent = ${p("parent")} AND child = (SELECT seq FROM jobs WHERE id = ${p("child")})
    RETURNING child`,
  ),

  parentsOf: statement(
    (p) => sql`
    SELECT jobs.id AS child, dependencies.parent
    FROM jobs JOIN dependencies ON dependencies.child = jobs.seq WHERE jobs.seq = ANY (${p("children")})`,
  ),

  edgesOf: statement(
    (p) => sql`
    SELECT dependencies.child, jobs.seq AS parent, (jobs.state = 'blocked' OR jobs.unmet) AS moves
    FROM dependencies JOIN jobs ON jobs.id = dependencies.parent WHERE dependencies.child = ANY (${p("children")})`,
  ),

  waitedFor: statement(
    (p) => sql`
    SELECT asked.id FROM unnest(${p("ids")}) AS asked (id)
    WHERE EXISTS (SELECT 1 FROM dependencies WHERE parent = asked.id)`,
  ),

  keptDead: statement(
    (p) => sql`
    SELECT child.id, holder.id AS holder
    FROM jobs AS child
      LEFT JOIN jobs AS holder ON holder.unique_key = child.unique_key AND ${isUnfinished("holder.")}
    WHERE child.seq = ANY (${p("children")}) AND child.state = 'dead' AND child.unmet AND child.unique_key IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE dependencies.child = child.seq AND status = 'unmet')`,
  ),

  isWaitedFor: statement(
    (p) => sql`
    SELECT 1 AS yes WHERE EXISTS (SELECT 1 FROM dependencies WHERE parent = ANY (${p("parents")}))`,
  ),

  waitingEdges: statement((p) => {
    const edges = sql`
    JOIN jobs AS child ON child.id = reached.id
    JOIN dependencies ON dependencies.child = child.seq AND dependencies.status = 'waiting'`;
    return sql`
    WITH RECURSIVE reached (id) AS (
      SELECT unnest(${p("ids")}) COLLATE "C"
      UNION
      SELECT dependencies.parent FROM reached ${edges})
    SELECT child.id AS child, dependencies.parent FROM reached ${edges} WHERE child.state = 'blocked'`;
  }),

  of: statement(
    (p) => sql`
    SELECT dependency.parent, dependency.condition, dependency.status, parent.state
    FROM jobs AS child
      JOIN dependencies AS dependency ON dependency.child = child.seq
      LEFT JOIN jobs AS parent ON parent.id = dependency.parent
    WHERE child.id = ${p("id")} ORDER BY dependency.parent`,
  ),

  dependentsOf: statement(
    (p) => sql`
    SELECT child.id, child.state FROM dependencies JOIN jobs AS child ON child.seq = dependencies.child
    WHERE dependencies.parent = ${p("id")} ORDER BY child.seq LIMIT ${p("limit")}`,
  ),
};
