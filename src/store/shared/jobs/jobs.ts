/** The role of the store for users' commands: insert, read and change jobs. */
import type { Attempt } from "../../../core/job/job.js";
import { type JobState, STATES } from "../../../core/job/state.js";
import type { JobCounts, JobStore } from "../../contract/store.js";
import type { Connection } from "../connection.js";
import { outputOf } from "../output.js";
import { toAttempt, toJob } from "../rows.js";
import { cancelJobs, deleteJobsWithHistory, expediteJob } from "./changes.js";
import { editJob } from "./edit.js";
import { insertJobs } from "./insert.js";
import { countJobs, listJobs, pagesOfJobs } from "./list.js";
import { countPrunable, pruneJobs } from "./prune.js";
import { reviveJobs } from "./revive.js";

export function jobStore(connection: Connection): JobStore {
  const { sql, clock } = connection;
  return {
    insert: (batches, options = {}) => insertJobs(connection, batches, options),
    list: (filter) => listJobs(connection, filter),
    pages: (filter, size, graphOrder) => pagesOfJobs(connection, filter, size, graphOrder),
    count: (filter) => countJobs(connection, filter),
    cancelAll: (ids, reason) => cancelJobs(connection, ids, reason),
    reviveAll: (ids, revival, options) => reviveJobs(connection, ids, revival, options),
    acknowledge: (id, fence) =>
      connection.write(function* (writing) {
        yield* writing.sql.changes.acknowledge.run({ id, fence });
      }),
    expedite: (id) => expediteJob(connection, id),
    edit: (seen, description) => editJob(connection, seen, description),
    deleteAll: (ids) => deleteJobsWithHistory(connection, ids),

    prune: (selection, limit) => pruneJobs(connection, selection, limit),
    prunable: (selection) => countPrunable(connection, selection),

    async get(id) {
      const row = await connection.run(sql.jobs.byId.first({ id }));
      return row === undefined ? null : toJob(row);
    },

    async idsWithPrefix(prefix, limit) {
      return (await connection.run(sql.jobs.idsWithPrefix.all({ prefix, limit }))).map((row) => row.id);
    },

    async states(ids) {
      const rows = await connection.run(sql.jobs.states.all({ ids }));
      return new Map(rows.map(({ id, state }) => [id, state]));
    },

    async counts() {
      const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<JobState, number>;
      for (const { state, count } of await connection.run(sql.jobs.countByState.all({}))) counts[state] = count;
      return counts satisfies JobCounts;
    },

    async oldestDue() {
      const row = await connection.run(sql.due.oldest.first({ now: clock.now() }));
      return row === undefined ? null : toJob(row);
    },

    async dependencies(jobId) {
      const rows = await connection.run(sql.dependencies.of.all({ id: jobId }));
      return rows.map(({ parent, condition, status, state }) => ({ parent, when: condition, status, state }));
    },

    async keptDead(id) {
      const row = await connection.run(sql.jobs.byId.first({ id }));
      if (row === undefined || !row.unmet) return null;
      return (await connection.run(sql.dependencies.keptDead.first({ children: [row.seq] }))) ?? null;
    },

    async buriedBy(ids, since) {
      const rows = await connection.run(sql.dependencies.buriedBy.all({ parents: ids, since }));
      const asked = new Set(ids);
      const origins = new Map<string, string>();
      // A row comes after the one of its parent.
      for (const { id, parent } of rows) {
        if (!asked.has(id) && !origins.has(id)) origins.set(id, origins.get(parent) ?? parent);
      }
      return origins;
    },

    dependents: (jobId, limit) => connection.run(sql.dependencies.dependentsOf.all({ id: jobId, limit })),

    async withPolicy(name, limit) {
      return (await connection.run(sql.jobs.withPolicy.all({ name, limit }))).map((row) => row.id);
    },

    async attempts(jobId): Promise<Attempt[]> {
      return (await connection.run(sql.jobs.attempts.all({ jobId }))).map(toAttempt);
    },

    async output(fence) {
      const row = await connection.run(sql.jobs.output.first({ fence }));
      return row === undefined ? null : outputOf(row);
    },

    async endings(fences, after, limit) {
      const rows = await connection.run(sql.jobs.endings.all({ fences, after, limit }));
      return rows
        .map((row) => ({ fence: row.fence, outcome: row.outcome, finishedAt: row.finished_at }))
        .sort((a, b) => a.fence - b.fence);
    },

    async queueNames(limit) {
      return (await connection.run(sql.jobs.queueNames.all({ limit }))).map((row) => row.name);
    },

    async deletedAttempts(fences) {
      return (await connection.run(sql.jobs.deletedAttempts.all({ fences }))).map((row) => row.fence);
    },
  };
}
