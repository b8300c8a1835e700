/**
 * Statements about dependencies. For jobs named by `seq`, NOT INDEXED keeps the planner from going through all jobs of
 * a state instead.
 */
import { type RawBuilder, sql } from "kysely";
import type { DependencyStatements } from "../../shared/statements/dependencies.js";
import { statement } from "../statement.js";
import { allowed, changeTime, finished, hookColumns, unfinished } from "./predicates.js";

const among = (list: RawBuilder<unknown>) => sql`(SELECT value FROM json_each(${list}))`;

export const dependencies: DependencyStatements = {
  firstUnknownParent: statement(
    (p) => sql`
    SELECT edge.key AS position, edge.value AS parent FROM json_each(${p("parents")}) AS edge
    WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = edge.value)
    ORDER BY edge.key LIMIT 1`,
  ),

  add: statement(
    (p) => sql`
    INSERT INTO dependencies (child, parent, condition)
    SELECT jobs.seq, edge.value->>1, edge.value->>2
    FROM json_each(${p("edges")}) AS edge CROSS JOIN jobs ON jobs.id = edge.value->>0`,
  ),

  markBlocked: statement(
    (p) => sql`
    UPDATE jobs NOT INDEXED SET state = 'blocked'
    WHERE state = 'pending' AND seq IN (
      SELECT jobs.seq FROM json_each(${p("ids")}) AS edge CROSS JOIN jobs ON jobs.id = edge.value)
    RETURNING seq`,
  ),

  inheritParents: statement((p) => {
    const earlier = sql`
    CROSS JOIN dependencies ON dependencies.child = reached.gone AND dependencies.status = 'waiting'
    CROSS JOIN jobs AS earlier ON earlier.id = dependencies.parent`;
    return sql`
    WITH RECURSIVE reached (child, gone, schedule) AS (
      SELECT later.child, gone.seq, gone.options->>'$.schedule.name'
      FROM json_each(${p("parents")}) AS ended
        CROSS JOIN jobs AS gone ON gone.id = ended.value AND gone.options IS NOT NULL AND gone.state = 'cancelled'
        CROSS JOIN dependencies AS later ON later.parent = gone.id AND later.status = 'waiting'
        CROSS JOIN jobs AS next ON next.seq = later.child
      WHERE next.state = 'blocked' AND gone.options->>'$.schedule.name' = next.options->>'$.schedule.name'
      UNION
      SELECT reached.child, earlier.seq, reached.schedule FROM reached ${earlier}
      WHERE earlier.state = 'cancelled' AND earlier.options->>'$.schedule.name' = reached.schedule)
    INSERT OR IGNORE INTO dependencies (child, parent, condition)
    SELECT reached.child, dependencies.parent, dependencies.condition FROM reached ${earlier}
    WHERE earlier.state <> 'cancelled' OR earlier.options->>'$.schedule.name' IS NOT reached.schedule`;
  }),

  resolve: statement(
    (p) => sql`
    UPDATE dependencies SET status = CASE
      WHEN condition = 'any' THEN 'met'
      WHEN (condition = 'ok') = coalesce((SELECT state = 'completed' FROM jobs WHERE id = parent), 0) THEN 'met'
      ELSE 'unmet' END
    WHERE parent IN ${among(p("parents"))} AND status = 'waiting'
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = parent AND NOT ${finished})
    RETURNING child`,
  ),

  unblock: statement(
    (p) => sql`
    UPDATE jobs NOT INDEXED SET
      state = 'pending', run_at = max(run_at, ${p("now")}), updated_at = ${changeTime(p("now"))},
      deadline_at = max(run_at, ${p("now")}) + deadline_ms
    WHERE seq IN ${among(p("children"))} AND ${allowed("unblock")}
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status IN ('waiting', 'unmet'))`,
  ),

  bury: statement(
    (p) => sql`
    UPDATE jobs NOT INDEXED SET
      state = 'dead', unmet = 1, finished_at = ${changeTime(p("now"))}, updated_at = ${changeTime(p("now"))},
      last_error = (
        SELECT CASE condition
          WHEN 'fail' THEN 'it was to run if job ' || parent || ' failed, which did not'
          ELSE 'it was to run after job ' || parent || ', which did not complete' END
        FROM dependencies WHERE child = seq AND status = 'unmet' LIMIT 1)
    WHERE seq IN ${among(p("children"))} AND state = 'blocked' AND on_unmet = 'bury'
      AND EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status = 'unmet')
    RETURNING id, ${hookColumns}`,
  ),

  reset: statement(
    (p) => sql`
    UPDATE dependencies SET status = 'waiting'
    WHERE parent IN ${among(p("parents"))} AND status <> 'waiting'
      AND EXISTS (SELECT 1 FROM jobs WHERE seq = child AND (state = 'blocked' OR unmet = 1))
    RETURNING child`,
  ),

  blockAgain: statement(
    (p) => sql`
    UPDATE OR IGNORE jobs NOT INDEXED SET state = 'blocked', unmet = 0, finished_at = NULL, last_error = NULL, updated_at = ${changeTime(p("now"))}
    WHERE seq IN ${among(p("children"))} AND state = 'dead' AND unmet = 1
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status = 'unmet')
    RETURNING id, seq`,
  ),

  diedOf: statement(
    (p) => sql`
    SELECT child.id AS child, dependencies.parent, parent.state
    FROM json_each(${p("ids")}) CROSS JOIN jobs AS child ON child.id = json_each.value
      CROSS JOIN dependencies ON dependencies.child = child.seq AND dependencies.status = 'unmet'
      LEFT JOIN jobs AS parent ON parent.id = dependencies.parent
    WHERE +child.state = 'dead' AND child.unmet = 1`,
  ),

  buriedBy: statement((p) => {
    const died = sql`+child.state = 'dead' AND child.unmet = 1 AND child.finished_at >= ${p("since")}`;
    return sql`
    WITH RECURSIVE reached (id, parent) AS (
      SELECT value, NULL FROM json_each(${p("parents")})
      UNION
      SELECT child.id, dependencies.parent FROM reached
        CROSS JOIN dependencies ON dependencies.parent = reached.id AND dependencies.status = 'unmet'
        CROSS JOIN jobs AS child ON child.seq = dependencies.child
      WHERE ${died})
    SELECT id, parent FROM reached WHERE parent IS NOT NULL`;
  }),

  handOver: statement(
    (p) => sql`
    INSERT INTO dependencies (child, parent, condition)
    SELECT dependency.child, pair.value->>1, dependency.condition
    FROM json_each(${p("pairs")}) AS pair
      CROSS JOIN dependencies AS dependency ON dependency.parent = pair.value->>0 AND dependency.status = 'waiting'
      CROSS JOIN jobs AS child ON child.seq = dependency.child
    WHERE child.options->>'$.schedule.name' IS NULL
    ON CONFLICT DO UPDATE SET status = 'waiting', condition = iif(condition = 'any', excluded.condition, condition)`,
  ),

  dropHandedOver: statement(
    (p) => sql`
    DELETE FROM dependencies WHERE (parent, child) IN (
      SELECT dependency.parent, dependency.child
      FROM json_each(${p("pairs")}) AS pair
        CROSS JOIN dependencies AS dependency ON dependency.parent = pair.value->>0 AND dependency.status = 'waiting'
        CROSS JOIN dependencies AS taken ON taken.parent = pair.value->>1 AND taken.child = dependency.child
      WHERE dependency.condition IN ('any', taken.condition))`,
  ),

  keepOnlyParents: statement(
    (p) => sql`
    UPDATE dependencies SET status = iif(parent IN ${among(p("parents"))}, 'waiting', 'met')
    WHERE child IN ${among(p("children"))}`,
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
    FROM json_each(${p("children")}) CROSS JOIN jobs ON jobs.seq = json_each.value
      CROSS JOIN dependencies ON dependencies.child = jobs.seq`,
  ),

  edgesOf: statement(
    (p) => sql`
    SELECT dependencies.child, jobs.seq AS parent, jobs.state = 'blocked' OR jobs.unmet = 1 AS moves
    FROM json_each(${p("children")}) CROSS JOIN dependencies ON dependencies.child = json_each.value
      CROSS JOIN jobs ON jobs.id = dependencies.parent`,
  ),

  waitedFor: statement(
    (p) => sql`
    SELECT value AS id FROM json_each(${p("ids")}) WHERE EXISTS (SELECT 1 FROM dependencies WHERE parent = value)`,
  ),

  keptDead: statement(
    (p) => sql`
    SELECT child.id, holder.id AS holder
    FROM json_each(${p("children")})
      CROSS JOIN jobs AS child NOT INDEXED ON child.seq = json_each.value AND child.state = 'dead' AND child.unmet = 1
      LEFT JOIN jobs AS holder INDEXED BY jobs_unique ON holder.unique_key = child.unique_key AND holder.${unfinished}
    WHERE child.unique_key IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = child.seq AND status = 'unmet')`,
  ),

  isWaitedFor: statement(
    (p) => sql`
    SELECT 1 AS yes WHERE EXISTS (SELECT 1 FROM dependencies WHERE parent IN ${among(p("parents"))})`,
  ),

  waitingEdges: statement((p) => {
    const edges = sql`
    CROSS JOIN jobs AS child ON child.id = reached.id
    CROSS JOIN dependencies ON dependencies.child = child.seq AND dependencies.status = 'waiting'`;
    return sql`
    WITH RECURSIVE reached (id) AS (
      SELECT value FROM json_each(${p("ids")})
      UNION
      SELECT dependencies.parent FROM reached ${edges})
    SELECT child.id AS child, dependencies.parent FROM reached ${edges} WHERE +child.state = 'blocked'`;
  }),

  of: statement(
    (p) => sql`
    SELECT dependency.parent, dependency.condition, dependency.status, parent.state
    FROM jobs AS child
      CROSS JOIN dependencies AS dependency ON dependency.child = child.seq
      LEFT JOIN jobs AS parent ON parent.id = dependency.parent
    WHERE child.id = ${p("id")} ORDER BY dependency.parent`,
  ),

  dependentsOf: statement(
    (p) => sql`
    SELECT child.id, child.state FROM dependencies CROSS JOIN jobs AS child ON child.seq = dependencies.child
    WHERE dependencies.parent = ${p("id")} ORDER BY child.seq LIMIT +${p("limit")}`,
  ),
};
