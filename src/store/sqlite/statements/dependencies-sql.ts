/**
 * The statements of `dependencies.ts`. Lists of ids and of `seq` are JSON. Where jobs are named by `seq`, NOT INDEXED keeps the
 * planner from going through all jobs of a state instead.
 */
import { type RawBuilder, sql } from "kysely";
import type { DependencyCondition, DependencyStatus } from "../../../core/dependency/dependency.js";
import type { JobState } from "../../../core/job/state.js";
import type { EndedRow } from "../../shared/end-hooks.js";
import { statement } from "../statement.js";
import { allowed, finished, hookColumns, unfinished } from "./predicates.js";

const among = (list: RawBuilder<unknown>) => sql`(SELECT value FROM json_each(${list}))`;

/** `edges` is a list of [child's id, parent's id, condition]. */
export const firstUnknownParent = statement<{ edges: string }, { place: number; parent: string }>(
  (p) => sql`
    SELECT edge.key AS place, edge.value->>1 AS parent FROM json_each(${p("edges")}) AS edge
    WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = edge.value->>1)
    ORDER BY edge.key LIMIT 1`,
);

export const addEdges = statement<{ edges: string }>(
  (p) => sql`
    INSERT INTO dependencies (child, parent, condition)
    SELECT jobs.seq, edge.value->>1, edge.value->>2
    FROM json_each(${p("edges")}) AS edge CROSS JOIN jobs ON jobs.id = edge.value->>0`,
);

/** The jobs that wait for one that ended, or of those that were just added. */
export const markBlocked = statement<{ edges: string }, { seq: number }>(
  (p) => sql`
    UPDATE jobs NOT INDEXED SET state = 'blocked'
    WHERE state = 'pending' AND seq IN (
      SELECT jobs.seq FROM json_each(${p("edges")}) AS edge CROSS JOIN jobs ON jobs.id = edge.value->>0)
    RETURNING seq`,
);

/**
 * The jobs of a schedule that may not overlap wait each for the one before it. When one is cancelled that waits itself, or several in a
 * row, the one after them waits for what they waited for.
 */
export const inheritParents = statement<{ parents: string }>((p) => {
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
});

/** What the end of the parents means; a parent that is not there any more did not complete. */
export const resolveDependencies = statement<{ parents: string }, { child: number }>(
  (p) => sql`
    UPDATE dependencies SET status = CASE
      WHEN condition = 'any' THEN 'met'
      WHEN (condition = 'ok') = coalesce((SELECT state = 'completed' FROM jobs WHERE id = parent), 0) THEN 'met'
      ELSE 'unmet' END
    WHERE parent IN ${among(p("parents"))} AND status = 'waiting'
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = parent AND NOT ${finished})
    RETURNING child`,
);

/** All that they wait for is as they want it. */
export const unblock = statement<{ children: string; now: number }>(
  (p) => sql`
    UPDATE jobs NOT INDEXED SET
      state = 'pending', run_at = max(run_at, ${p("now")}), updated_at = ${p("now")},
      deadline_at = max(run_at, ${p("now")}) + deadline_ms
    WHERE seq IN ${among(p("children"))} AND ${allowed("unblock")}
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status IN ('waiting', 'unmet'))`,
);

/** One of the things that they wait for can never be. */
export const bury = statement<{ children: string; now: number }, EndedRow>(
  (p) => sql`
    UPDATE jobs NOT INDEXED SET
      state = 'dead', unmet = 1, finished_at = ${p("now")}, updated_at = ${p("now")},
      last_error = (
        SELECT CASE condition
          WHEN 'fail' THEN 'it was to run if job ' || parent || ' failed, which did not'
          ELSE 'it was to run after job ' || parent || ', which did not complete' END
        FROM dependencies WHERE child = seq AND status = 'unmet' LIMIT 1)
    WHERE seq IN ${among(p("children"))} AND state = 'blocked' AND on_unmet = 'bury'
      AND EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status = 'unmet')
    RETURNING id, ${hookColumns}`,
);

/** The parents are to run again: what waited for them, or died because of them, waits for them anew. */
export const resetDependencies = statement<{ parents: string }, { child: number }>(
  (p) => sql`
    UPDATE dependencies SET status = 'waiting'
    WHERE parent IN ${among(p("parents"))} AND status <> 'waiting'
      AND EXISTS (SELECT 1 FROM jobs WHERE seq = child AND (state = 'blocked' OR unmet = 1))
    RETURNING child`,
);

/** Unless something else that they waited for can still never be, or another job has taken the key of a unique one. */
export const blockAgain = statement<{ children: string; now: number }, { id: string }>(
  (p) => sql`
    UPDATE OR IGNORE jobs NOT INDEXED SET state = 'blocked', unmet = 0, finished_at = NULL, last_error = NULL, updated_at = ${p("now")}
    WHERE seq IN ${among(p("children"))} AND state = 'dead' AND unmet = 1
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = seq AND status = 'unmet')
    RETURNING id`,
);

/**
 * `pairs` is a list of [job, who takes its place]. What comes by the clock waits for its turn, and for no other job: it is
 * not handed over.
 */
export const handOver = statement<{ pairs: string }>(
  (p) => sql`
    INSERT INTO dependencies (child, parent, condition)
    SELECT dependency.child, pair.value->>1, dependency.condition
    FROM json_each(${p("pairs")}) AS pair
      CROSS JOIN dependencies AS dependency ON dependency.parent = pair.value->>0 AND dependency.status = 'waiting'
      CROSS JOIN jobs AS child ON child.seq = dependency.child
    WHERE child.options->>'$.schedule.name' IS NULL
    ON CONFLICT DO UPDATE SET status = 'waiting', condition = iif(condition = 'any', excluded.condition, condition)`,
);

/** What has been handed over. One who waits for both jobs, in two ways that cannot both be, goes on waiting for both. */
export const dropHandedOver = statement<{ pairs: string }>(
  (p) => sql`
    DELETE FROM dependencies WHERE (parent, child) IN (
      SELECT dependency.parent, dependency.child
      FROM json_each(${p("pairs")}) AS pair
        CROSS JOIN dependencies AS dependency ON dependency.parent = pair.value->>0 AND dependency.status = 'waiting'
        CROSS JOIN dependencies AS taken ON taken.parent = pair.value->>1 AND taken.child = dependency.child
      WHERE dependency.condition IN ('any', taken.condition))`,
);

/** Somebody wants these jobs to run, whatever else they were to wait for than these parents. */
export const keepOnlyParents = statement<{ children: string; parents: string }>(
  (p) => sql`
    UPDATE dependencies SET status = iif(parent IN ${among(p("parents"))}, 'waiting', 'met')
    WHERE child IN ${among(p("children"))}`,
);

/** Lets a job run without a parent that waits for it, in whatever way. Both are named by their ids. */
export const awaitNoMore = statement<{ child: string; parent: string }, { child: number }>(
  (p) => sql`
    UPDATE dependencies SET status = 'met'
    WHERE parent = ${p("parent")} AND child = (SELECT seq FROM jobs WHERE id = ${p("child")})
    RETURNING child`,
);

export const parentsOf = statement<{ children: string }, { child: string; parent: string }>(
  (p) => sql`
    SELECT jobs.id AS child, dependencies.parent
    FROM json_each(${p("children")}) CROSS JOIN jobs ON jobs.seq = json_each.value
      CROSS JOIN dependencies ON dependencies.child = jobs.seq`,
);

export const waitedFor = statement<{ ids: string }, { id: string }>(
  (p) => sql`
    SELECT value AS id FROM json_each(${p("ids")}) WHERE EXISTS (SELECT 1 FROM dependencies WHERE parent = value)`,
);

/** What {@link blockAgain} had to leave dead, of these; and who has the key now. */
export const keptDead = statement<{ children: string }, { id: string; holder: string | null }>(
  (p) => sql`
    SELECT child.id, holder.id AS holder
    FROM json_each(${p("children")})
      CROSS JOIN jobs AS child NOT INDEXED ON child.seq = json_each.value AND child.state = 'dead' AND child.unmet = 1
      LEFT JOIN jobs AS holder INDEXED BY jobs_unique ON holder.unique_key = child.unique_key AND holder.${unfinished}
    WHERE child.unique_key IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM dependencies WHERE child = child.seq AND status = 'unmet')`,
);

export const isWaitedFor = statement<{ parents: string }, { yes: number }>(
  (p) => sql`
    SELECT 1 AS yes WHERE EXISTS (SELECT 1 FROM dependencies WHERE parent IN ${among(p("parents"))})`,
);

/** Among the jobs that these wait for, directly or not: no cycle that goes through one of these is elsewhere. */
export const waitingEdges = statement<{ children: string }, { child: string; parent: string }>((p) => {
  const edges = sql`
    CROSS JOIN jobs AS child ON child.id = reached.id
    CROSS JOIN dependencies ON dependencies.child = child.seq AND dependencies.status = 'waiting'`;
  return sql`
    WITH RECURSIVE reached (id) AS (
      SELECT value FROM json_each(${p("children")})
      UNION
      SELECT dependencies.parent FROM reached ${edges})
    SELECT child.id AS child, dependencies.parent FROM reached ${edges} WHERE +child.state = 'blocked'`;
});

export const dependenciesOf = statement<
  { id: string },
  { parent: string; condition: DependencyCondition; status: DependencyStatus; state: JobState | null }
>(
  (p) => sql`
    SELECT dependency.parent, dependency.condition, dependency.status, parent.state
    FROM jobs AS child
      CROSS JOIN dependencies AS dependency ON dependency.child = child.seq
      LEFT JOIN jobs AS parent ON parent.id = dependency.parent
    WHERE child.id = ${p("id")} ORDER BY dependency.parent`,
);

export const dependentsOf = statement<{ id: string; limit: number }, { id: string; state: JobState }>(
  (p) => sql`
    SELECT child.id, child.state FROM dependencies CROSS JOIN jobs AS child ON child.seq = dependencies.child
    WHERE dependencies.parent = ${p("id")} ORDER BY child.seq LIMIT +${p("limit")}`,
);
