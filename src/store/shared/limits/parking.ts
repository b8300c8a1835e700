/**
 * Parked jobs. A due job whose limit key is in full use is parked when a claim comes upon it: it leaves the index that
 * claims read. It comes back here, in the transaction in which another job with its key stops running, or leaves or
 * changes its place among the waiting jobs.
 *
 * A key's jobs need not be alike: they may be in queues that different workers serve, and each has a limit of its own.
 * Jobs that agree in all three have the same chance. So of each such group the best come back, if fewer jobs run than
 * its limit. A job that no worker serves, or that has a lower limit, keeps no other one waiting.
 *
 * What holds between transactions: of a group that could start n more, the n best are not parked. So a claim, which
 * reads only what is not parked, takes the jobs in their order, and a new one does not overtake them.
 */
import type { Writing } from "../connection.js";
import type { Work } from "../work.js";

/**
 * @param left the limit key of each job that stopped running, or that was not parked and has left or moved; null: it
 * has none
 */
export function* unparkNext({ sql }: Writing, left: readonly (string | null)[]): Work<void> {
  const counts = new Map<string, number>();
  for (const key of left) if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [limitKey, count] of counts) yield* sql.limits.unparkBest.run({ limitKey, count });
}

/** Runs `leave`, after which none of these jobs waits to be claimed any more, and lets parked ones move up. */
export function* withoutWaiting<T>(writing: Writing, ids: readonly string[], leave: () => Work<T>): Work<T> {
  const keys = yield* writing.sql.limits.keysOfWaiting.all({ ids });
  const result = yield* leave();
  yield* unparkNext(
    writing,
    keys.map(({ limit_key }) => limit_key),
  );
  return result;
}
