/** The queues: which are paused, and what is in them. The counts are kept by triggers, see migrations/0001-initial.ts. */
import { sql } from "kysely";
import { type JobState, STATES } from "../../core/job/state.js";
import type { JobCounts, QueueStore } from "../contract/store.js";
import { type Connection, write } from "../sqlite/connection.js";
import { statement } from "../sqlite/statement.js";
import { oldestOfQueues } from "../sqlite/statements/due-sql.js";
import { holdOf } from "./limits/limits.js";
import { type LimitColumns, limitedQueues, limitQueue, toLimits } from "./limits/queue-limits.js";

const pauseQueue = statement<{ name: string }>(
  (p) => sql`
    INSERT INTO queues (name, paused) VALUES (${p("name")}, 1)
    ON CONFLICT DO UPDATE SET paused = 1 WHERE NOT paused`,
);

const resumeQueue = statement<{ name: string }>(
  (p) => sql`UPDATE queues SET paused = 0 WHERE name = ${p("name")} AND paused`,
);

const allQueues = statement<Record<never, never>, { name: string; paused: number } & LimitColumns>(
  () => sql`
    SELECT name, paused, concurrency, rate_count, rate_ms, max_length FROM queues
    UNION ALL
    SELECT DISTINCT queue, 0, NULL, NULL, NULL, NULL FROM job_counts WHERE queue NOT IN (SELECT name FROM queues)
    ORDER BY name`,
);

const allCounts = statement<Record<never, never>, { queue: string; state: JobState; count: number }>(
  () => sql`SELECT queue, state, count FROM job_counts`,
);

const pausedQueues = statement<Record<never, never>, { name: string }>(
  () => sql`SELECT name FROM queues WHERE paused ORDER BY name`,
);

export function queueStore(connection: Connection): QueueStore {
  const { db, clock } = connection;
  return {
    pause: async (name) => (await write(connection, (writing) => pauseQueue.run(writing.db, { name }))) > 0,
    resume: async (name) => (await write(connection, (writing) => resumeQueue.run(writing.db, { name }))) > 0,
    paused: async () => (await pausedQueues.all(db, {})).map(({ name }) => name),

    limit: (name, changes) => write(connection, (writing) => limitQueue(writing, name, changes)),
    limited: async () =>
      (await limitedQueues.all(db, {})).map(({ name, ...limits }) => ({ name, limits: toLimits(limits) })),

    hold: (job) => holdOf(db, clock.now(), job),

    async list() {
      const counts = new Map<string, Record<JobState, number>>();
      for (const { queue, state, count } of await allCounts.all(db, {})) {
        const known = counts.get(queue) ?? none();
        counts.set(queue, known);
        known[state] = count;
      }
      const oldest = await oldestOfQueues.all(db, { now: clock.now() });
      const dueSince = new Map(oldest.map(({ queue, due_at }) => [queue, due_at]));
      return (await allQueues.all(db, {})).map(({ name, paused, ...limits }) => ({
        name,
        paused: paused === 1,
        limits: toLimits(limits),
        jobs: counts.get(name) ?? (none() satisfies JobCounts),
        oldestDueAt: dueSince.get(name) ?? null,
      }));
    },
  };
}

function none(): Record<JobState, number> {
  return Object.fromEntries(STATES.map((state) => [state, 0])) as Record<JobState, number>;
}
