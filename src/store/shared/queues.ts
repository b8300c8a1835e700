/** The queues: their pauses, and the jobs in them. The database keeps the counts. */
import { type JobState, STATES } from "../../core/job/state.js";
import type { JobCounts, QueueStore } from "../contract/store.js";
import type { Connection } from "./connection.js";
import { holdOf } from "./limits/limits.js";
import { limitQueue, toLimits } from "./limits/queue-limits.js";

export function queueStore(connection: Connection): QueueStore {
  const { sql, clock } = connection;
  return {
    pause: async (name) => (await connection.write(() => sql.queues.pause.run({ name }))) > 0,
    resume: async (name) => (await connection.write(() => sql.queues.resume.run({ name }))) > 0,
    paused: async () => (await connection.run(sql.queues.paused.all({}))).map(({ name }) => name),

    limit: (name, changes) => connection.write((writing) => limitQueue(writing, name, changes)),
    limited: async () =>
      (await connection.run(sql.queues.limited.all({}))).map(({ name, ...limits }) => ({
        name,
        limits: toLimits(limits),
      })),

    remove: (name) =>
      connection.write(function* () {
        const counted = yield* sql.queues.countJobs.first({ name });
        if (counted !== undefined && counted.jobs > 0) return "has jobs";
        // A queue whose jobs were all moved to others has counts of 0.
        const forgotten = yield* sql.queues.forgetCounts.run({ name });
        yield* sql.queues.forgetStarts.run({ name });
        return (yield* sql.queues.remove.run({ name })) + forgotten > 0 ? "removed" : "unknown";
      }),

    hold: (job) => connection.run(holdOf(connection, clock.now(), job)),

    async list() {
      const counts = new Map<string, Record<JobState, number>>();
      for (const { queue, state, count } of await connection.run(sql.queues.counts.all({}))) {
        const known = counts.get(queue) ?? none();
        counts.set(queue, known);
        known[state] = count;
      }
      const oldest = await connection.run(sql.due.oldestOfQueues.all({ now: clock.now() }));
      const dueSince = new Map(oldest.map(({ queue, due_at }) => [queue, due_at]));
      return (await connection.run(sql.queues.all.all({}))).map(({ name, paused, ...limits }) => ({
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
