/** The statements of a claim. */
import { type RawBuilder, sql } from "kysely";
import type { ClaimStatements } from "../../shared/statements/claims.js";
import { statement } from "../statement.js";
import { running } from "./limits-sql.js";
import { allowed, changeTime, claimable } from "./predicates.js";

/** Every queue with waiting jobs: each step is one seek to the next greater name. */
const queuesThatWait = sql`
  (SELECT queue FROM jobs WHERE ${claimable} ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT queue FROM jobs WHERE ${claimable} AND queue > candidate.name ORDER BY queue LIMIT 1)
  FROM candidate WHERE name IS NOT NULL`;

const queuesAsked = (names: RawBuilder<unknown>) => sql`SELECT DISTINCT unnest(${names}) COLLATE "C"`;

/** The first of one pair's jobs in the order of the index, with this condition. */
const first = (column: string, where: RawBuilder<unknown>, order = "priority DESC, run_at") => sql`(
  SELECT ${sql.raw(column)} FROM jobs WHERE ${claimable} AND ${where} ORDER BY ${sql.raw(order)} LIMIT 1)`;

/**
 * The pairs, best first. It hops from pair to pair in the index of waiting jobs, so its cost is the number of pairs and
 * not of jobs. A million jobs that are scheduled for later, finished or in paused queues cost nothing.
 */
const pairs = (candidates: RawBuilder<unknown>, now: RawBuilder<unknown>) => sql`
  WITH RECURSIVE
    candidate (name) AS (${candidates}),
    pair (queue, priority) AS (
      SELECT name, ${first("priority", sql`queue = candidate.name`)}
      FROM candidate
      WHERE name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM queues WHERE queues.name = candidate.name AND paused)
      UNION ALL
      SELECT queue, ${first("priority", sql`queue = pair.queue AND priority < pair.priority`)}
      FROM pair WHERE priority IS NOT NULL
    )
  SELECT queue, priority,
    ${first("run_at", sql`queue = pair.queue AND priority = pair.priority AND run_at <= ${now}`, "run_at")} AS due_at,
    ${first("run_at", sql`queue = pair.queue AND priority = pair.priority AND run_at > ${now}`, "run_at")} AS next_at
  FROM pair WHERE priority IS NOT NULL
  ORDER BY priority DESC`;

export const claims: ClaimStatements = {
  pairs: statement((p) => pairs(queuesThatWait, p("now"))),

  pairsOf: statement((p) => pairs(queuesAsked(p("queues")), p("now"))),

  dueOfPair: statement(
    (p) => sql`
    SELECT seq, run_at, queue FROM jobs
    WHERE ${claimable} AND queue = ${p("queue")} AND priority = ${p("priority")} AND run_at <= ${p("now")}
    ORDER BY run_at, seq LIMIT ${p("limit")}`,
  ),

  beginAttempt: statement(
    (p) => sql`
    INSERT INTO attempts (fence, job, attempt, worker_id, ahead, started_at)
    SELECT nextval('fences'), seq, runs + 1, ${p("workerId")}, ${p("ahead")}, ${changeTime(p("now"))} FROM jobs
    WHERE seq = ${p("seq")}
      AND (limit_key IS NULL OR (NOT ${p("ahead")} AND limit_max > ${running(sql`jobs.limit_key`)}))
    RETURNING fence`,
  ),

  take: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'processing', attempts = attempts + 1, runs = runs + 1,
      worker_id = ${p("workerId")}, fence = ${p("fence")}, lease_expires_at = ${p("expiresAt")}, lease_ms = ${p("leaseMs")},
      renewals = 0, started_at = ${changeTime(p("now"))}, updated_at = ${changeTime(p("now"))}, result = NULL,
      progress = NULL, progress_message = NULL
    WHERE seq = ${p("seq")} AND ${allowed("claim")}
    RETURNING id, command, queue, priority, attempts, max_retries, timeout_ms, backoff_base, cwd, env, tags, run_at,
      created_at, updated_at, exit_code, signal, last_error, runs, interruptions, losses, unique_key, limit_key, limit_max,
      deadline_ms, deadline_at, on_unmet, options`,
    "moved",
  ),
};
