/** The role of the store for workers and the reaper: take, keep, end and list leases. */
import type { LeaseStore } from "../contract/store.js";
import { claimJobs, claimWithin } from "./claim.js";
import type { Connection } from "./connection.js";
import { toLease, toRunningJob } from "./rows.js";
import { settleAttempts, settleWithin } from "./settle.js";
import { unclaimJobs } from "./unclaim.js";

export function leaseStore(connection: Connection): LeaseStore {
  const { db, sql, clock } = connection;
  return {
    claim: (request) => claimJobs(connection, request),

    settle: (settlements) => settleAttempts(connection, settlements),

    settleAndClaim: (settlements, request) =>
      connection.write(async (writing) => ({
        settled: await settleWithin(writing, settlements),
        claim: await claimWithin(writing, request),
      })),

    unclaim: (claims) => unclaimJobs(connection, claims),

    async withdrawn(fences) {
      if (fences.length === 0) return [];
      return (await sql.leases.withdrawn.all(db, { fences })).map(({ fence }) => fence);
    },

    async renew(fences, leaseMs) {
      if (fences.length === 0) return [];
      const renewed = await connection.writeUnsynced(({ db, now }) =>
        sql.leases.renew.all(db, { fences, expiresAt: now + leaseMs, leaseMs, now }),
      );
      return renewed.map((row) => row.fence);
    },

    async started(fence, pid) {
      // A pid means nothing after a power cut, so it need not survive one.
      await connection.writeUnsynced(({ db }) => sql.leases.recordPid.run(db, { fence, pid }));
    },

    async progress(jobId, fence, { percent, message }) {
      const changed = await connection.writeUnsynced(({ db, now }) =>
        sql.leases.recordProgress.run(db, { jobId, fence, percent, message, now }),
      );
      return changed > 0;
    },

    cancellations: (workerId) => sql.leases.cancellationsOf.all(db, { workerId }),

    async of(workerIds) {
      if (workerIds.length === 0) return [];
      return (await sql.leases.of.all(db, { workerIds })).map(toLease);
    },

    async running(workerIds) {
      if (workerIds.length === 0) return [];
      return (await sql.leases.running.all(db, { workerIds })).map(toRunningJob);
    },

    async overdue(limit) {
      return (await sql.leases.overdue.all(db, { now: clock.now(), limit })).map(toLease);
    },

    async countByWorker() {
      const rows = await sql.leases.countByWorker.all(db, {});
      return new Map(rows.map((row) => [row.worker_id, row.count]));
    },

    async held(fences) {
      if (fences.length === 0) return [];
      return (await sql.leases.held.all(db, { fences })).map(({ fence }) => fence);
    },

    async workRemains(queues) {
      return Boolean((await sql.due.workRemains.one(db, { queues, now: clock.now() })).remains);
    },

    async remaining(queues) {
      return (await sql.due.countRemaining.one(db, { queues, now: clock.now() })).count;
    },

    async ahead({ id, priority, runAt }, queues) {
      return (await sql.due.countAhead.one(db, { id, priority, runAt, queues, now: clock.now() })).count;
    },
  };
}
