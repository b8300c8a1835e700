/** Statements about queues: their jobs and their configuration. Triggers keep what `job_counts` adds up. */
import { sql } from "kysely";
import type { QueueStatements } from "../../shared/statements/queues.js";
import { lockCounts } from "../counts.js";
import { statement } from "../statement.js";

export const queues: QueueStatements = {
  pause: statement(
    (p) => sql`
      INSERT INTO queues (name, paused) VALUES (${p("name")}, true)
      ON CONFLICT (name) DO UPDATE SET paused = true WHERE NOT queues.paused`,
    "settings",
  ),

  resume: statement((p) => sql`UPDATE queues SET paused = false WHERE name = ${p("name")} AND paused`, "settings"),

  paused: statement(() => sql`SELECT name FROM queues WHERE paused ORDER BY name`),

  all: statement(
    () => sql`
      SELECT name, paused, concurrency, rate_count, rate_ms, max_length FROM queues
      UNION ALL
      SELECT DISTINCT queue, false, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint
      FROM job_counts WHERE queue NOT IN (SELECT name FROM queues)
      ORDER BY name`,
  ),

  counts: statement(() => sql`SELECT queue, state, count FROM job_counts`),

  limits: statement(
    (p) => sql`SELECT concurrency, rate_count, rate_ms, max_length FROM queues WHERE name = ${p("name")}`,
  ),

  putLimits: statement(
    (p) => sql`
      INSERT INTO queues (name, concurrency, rate_count, rate_ms, max_length)
      VALUES (${p("name")}, ${p("concurrency")}, ${p("rate_count")}, ${p("rate_ms")}, ${p("max_length")})
      ON CONFLICT (name) DO UPDATE SET concurrency = excluded.concurrency, rate_count = excluded.rate_count,
        rate_ms = excluded.rate_ms, max_length = excluded.max_length`,
    "settings",
  ),

  limited: statement(
    () => sql`
      SELECT name, concurrency, rate_count, rate_ms, max_length FROM queues
      WHERE concurrency IS NOT NULL OR rate_count IS NOT NULL OR max_length IS NOT NULL
      ORDER BY name`,
  ),

  /** No count moves from here to the end of the transaction. */
  countJobs: statement(
    (p) => sql`
    SELECT (SELECT coalesce(sum(count), 0)::bigint FROM job_counts WHERE queue = ${p("name")}) AS jobs
    FROM ${lockCounts}`,
  ),

  remove: statement((p) => sql`DELETE FROM queues WHERE name = ${p("name")}`, "settings"),

  forgetCounts: statement(
    (p) => sql`
      WITH base AS (DELETE FROM counts_base WHERE queue = ${p("name")} RETURNING 1),
        delta AS (DELETE FROM counts_delta WHERE queue = ${p("name")} RETURNING 1)
      SELECT FROM base UNION ALL SELECT FROM delta`,
  ),

  forgetStarts: statement((p) => sql`DELETE FROM queue_starts WHERE queue = ${p("name")}`),

  hooks: statement((p) => sql`SELECT hooks, webhook_secret FROM queues WHERE name = ${p("name")}`),

  putHooks: statement(
    (p) => sql`
      INSERT INTO queues (name, hooks, webhook_secret)
      VALUES (${p("name")}, ${p("hooks")}, ${p("webhook_secret")})
      ON CONFLICT (name) DO UPDATE SET hooks = excluded.hooks, webhook_secret = excluded.webhook_secret`,
    "settings",
  ),
};
