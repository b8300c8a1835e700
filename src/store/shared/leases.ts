/** The role of the store for workers and the reaper: take, keep, end and list leases. */
import type { LeaseStore } from "../contract/store.js";
import { claimJobs, claimWithin } from "./claim.js";
import type { Connection } from "./connection.js";
import { claimInLanes, settleInLanes, turnInLanes } from "./fast/turns.js";
import { toLease, toRunningJob } from "./rows.js";
import { settleAttempts, settleWithin } from "./settle.js";
import { unclaimJobs } from "./unclaim.js";

/** What a busy worker does between jobs. */
function turnStore(connection: Connection): Pick<LeaseStore, "claim" | "settle" | "settleAndClaim"> {
  const { fast } = connection;
  if (fast !== undefined) {
    const lanes = { connection, fast };
    return {
      claim: (request) => claimInLanes(lanes, request),
      settle: (settlements) => settleInLanes(lanes, settlements),
      settleAndClaim: (settlements, request) => turnInLanes(lanes, settlements, request),
    };
  }
  return {
    claim: (request) => claimJobs(connection, request),

    settle: (settlements) => settleAttempts(connection, settlements),

    settleAndClaim: (settlements, request) =>
      connection.write(function* (writing) {
        const settled = yield* settleWithin(writing, settlements);
        return { settled, claim: yield* claimWithin(writing, request) };
      }),
  };
}

export function leaseStore(connection: Connection): LeaseStore {
  const { sql, clock } = connection;
  return {
    ...turnStore(connection),

    unclaim: (claims) => unclaimJobs(connection, claims),

    async withdrawn(fences) {
      if (fences.length === 0) return [];
      return (await connection.run(sql.leases.withdrawn.all({ fences }))).map(({ fence }) => fence);
    },

    async renew(fences, leaseMs) {
      if (fences.length === 0) return [];
      const renewed = await connection.writeUnsynced(({ now }) =>
        sql.leases.renew.all({ fences, expiresAt: now + leaseMs, leaseMs, now }),
      );
      return renewed.map((row) => row.fence);
    },

    async started(fence, pid) {
      // A pid means nothing after a power cut, so it need not survive one.
      await connection.writeUnsynced(() => sql.leases.recordPid.run({ fence, pid }));
    },

    async progress(jobId, fence, { percent, message }) {
      const changed = await connection.writeUnsynced(({ now }) =>
        sql.leases.recordProgress.run({ jobId, fence, percent, message, now }),
      );
      return changed > 0;
    },

    cancellations: (workerId) => connection.run(sql.leases.cancellationsOf.all({ workerId })),

    async of(workerIds) {
      if (workerIds.length === 0) return [];
      return (await connection.run(sql.leases.of.all({ workerIds }))).map(toLease);
    },

    async running(workerIds) {
      if (workerIds.length === 0) return [];
      return (await connection.run(sql.leases.running.all({ workerIds }))).map(toRunningJob);
    },

    async overdue(limit) {
      return (await connection.run(sql.leases.overdue.all({ now: clock.now(), limit }))).map(toLease);
    },

    async countByWorker() {
      const rows = await connection.run(sql.leases.countByWorker.all({}));
      return new Map(rows.map((row) => [row.worker_id, row.count]));
    },

    async held(fences) {
      if (fences.length === 0) return [];
      return (await connection.run(sql.leases.held.all({ fences }))).map(({ fence }) => fence);
    },

    async workRemains(queues) {
      return Boolean((await connection.run(sql.due.workRemains.one({ queues, now: clock.now() }))).remains);
    },

    async remaining(queues) {
      return (await connection.run(sql.due.countRemaining.one({ queues, now: clock.now() }))).count;
    },

    async ahead({ id, priority, runAt }, queues) {
      return (await connection.run(sql.due.countAhead.one({ id, priority, runAt, queues, now: clock.now() }))).count;
    },
  };
}
