/** The queues: which are paused, and what is in them. Triggers keep `job_counts`. */
import { sql } from "kysely";
import type { QueueStatements } from "../../shared/statements/queues.js";
import { statement } from "../statement.js";

export const queues: QueueStatements = {
  pause: statement(
    (p) => sql`
      INSERT INTO queues (name, paused) VALUES (${p("name")}, 1)
      ON CONFLICT DO UPDATE SET paused = 1 WHERE NOT paused`,
  ),

  resume: statement((p) => sql`UPDATE queues SET paused = 0 WHERE name = ${p("name")} AND paused`),

  paused: statement(() => sql`SELECT name FROM queues WHERE paused ORDER BY name`),

  all: statement(
    () => sql`
      SELECT name, paused, concurrency, rate_count, rate_ms, max_length FROM queues
      UNION ALL
      SELECT DISTINCT queue, 0, NULL, NULL, NULL, NULL FROM job_counts WHERE queue NOT IN (SELECT name FROM queues)
      ORDER BY name`,
  ),

  counts: statement(() => sql`SELECT queue, state, count FROM job_counts`),
};
