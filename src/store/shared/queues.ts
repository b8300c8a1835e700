/** The queues: their pauses, and the jobs in them. The database keeps the counts. */
import { type JobState, STATES } from "../../core/job/state.js";
import type { JobCounts, QueueStore } from "../contract/store.js";
import type { Connection } from "./connection.js";
import { holdOf } from "./limits/limits.js";
import { limitQueue, toLimits } from "./limits/queue-limits.js";

export function queueStore(connection: Connection): QueueStore {
  const { db, sql, clock } = connection;
  return {
    pause: async (name) => (await connection.write((writing) => sql.queues.pause.run(writing.db, { name }))) > 0,
    resume: async (name) => (await connection.write((writing) => sql.queues.resume.run(writing.db, { name }))) > 0,
    paused: async () => (await sql.queues.paused.all(db, {})).map(({ name }) => name),

    limit: (name, changes) => connection.write((writing) => limitQueue(writing, name, changes)),
    limited: async () =>
      (await sql.queues.limited.all(db, {})).map(({ name, ...limits }) => ({ name, limits: toLimits(limits) })),

    remove: (name) =>
      connection.write(async ({ db }) => {
        const counted = await sql.queues.countJobs.first(db, { name });
        if (counted !== undefined && counted.jobs > 0) return "has jobs";
        // A queue whose jobs were all moved to others has counts of 0.
        const forgotten = await sql.queues.forgetCounts.run(db, { name });
        await sql.queues.forgetStarts.run(db, { name });
        return (await sql.queues.remove.run(db, { name })) + forgotten > 0 ? "removed" : "unknown";
      }),

    hold: (job) => holdOf(connection, clock.now(), job),

    async list() {
      const counts = new Map<string, Record<JobState, number>>();
      for (const { queue, state, count } of await sql.queues.counts.all(db, {})) {
        const known = counts.get(queue) ?? none();
        counts.set(queue, known);
        known[state] = count;
      }
      const oldest = await sql.due.oldestOfQueues.all(db, { now: clock.now() });
      const dueSince = new Map(oldest.map(({ queue, due_at }) => [queue, due_at]));
      return (await sql.queues.all.all(db, {})).map(({ name, paused, ...limits }) => ({
        name,
        paused: Boolean(paused),
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
