/** The role of the store that workers and the reaper use: take, keep, end and see leases. */
import type { LeaseStore } from "../contract/store.js";
import { claimJobs, claimWithin } from "../sqlite/claim.js";
import { type Connection, write, writeUnsynced } from "../sqlite/connection.js";
import { countAhead, countRemaining, workRemains } from "../sqlite/statements/due-sql.js";
import * as sql from "../sqlite/statements/leases-sql.js";
import { toLease } from "./rows.js";
import { settleAttempts, settleWithin } from "./settle.js";

export function leaseStore(connection: Connection): LeaseStore {
  const { db, clock } = connection;
  return {
    claim: (request) => claimJobs(connection, request),

    settle: (settlements) => settleAttempts(connection, settlements),

    settleAndClaim: (settlements, request) =>
      write(connection, async (writing) => ({
        settled: await settleWithin(writing, settlements),
        claim: await claimWithin(writing, request),
      })),

    async renew(fences, leaseMs) {
      if (fences.length === 0) return [];
      const renewed = await writeUnsynced(connection, ({ db, now }) =>
        sql.renewLeases.all(db, { fences: JSON.stringify(fences), expiresAt: now + leaseMs, now }),
      );
      return renewed.map((row) => row.fence);
    },

    async started(fence, pid) {
      // A pid means nothing after a power cut, so it need not survive one.
      await writeUnsynced(connection, ({ db }) => sql.recordPid.run(db, { fence, pid }));
    },

    async progress(jobId, fence, { percent, message }) {
      const changed = await writeUnsynced(connection, ({ db, now }) =>
        sql.recordProgress.run(db, { jobId, fence, percent, message, now }),
      );
      return changed > 0;
    },

    cancellations: (workerId) => sql.cancellationsOf.all(db, { workerId }),

    async leases(workerId) {
      const rows = workerId === undefined ? await sql.allLeases.all(db, {}) : await sql.leasesOf.all(db, { workerId });
      return rows.map(toLease);
    },

    async workRemains(queues) {
      const wanted = queues === null ? null : JSON.stringify(queues);
      return (await workRemains.one(db, { queues: wanted, now: clock.now() })).remains === 1;
    },

    async remaining(queues) {
      const wanted = queues === null ? null : JSON.stringify(queues);
      return (await countRemaining.one(db, { queues: wanted, now: clock.now() })).count;
    },

    async ahead({ id, priority, runAt }, queues) {
      const wanted = queues === null ? null : JSON.stringify(queues);
      return (await countAhead.one(db, { id, priority, runAt, queues: wanted, now: clock.now() })).count;
    },
  };
}
