/**
 * Undoes claims of jobs whose command has not begun: of jobs that were claimed ahead and have to go back, and of claims
 * whose answer was lost. The attempt goes, and what it had counted with it: the job is as it was before the claim, at
 * its old place, and no attempt is charged.
 */
import type { UnusedClaim } from "../contract/lease-store.js";
import type { Connection, Writing } from "./connection.js";
import { afterEnd } from "./graph/dependencies.js";
import { cancelWaiting } from "./jobs/changes.js";
import { unparkNext } from "./limits/parking.js";
import type { Work } from "./work.js";

export async function unclaimJobs(connection: Connection, claims: readonly UnusedClaim[]): Promise<boolean[]> {
  if (claims.length === 0) return [];
  return connection.write(function* (writing) {
    const undone: boolean[] = [];
    for (const claim of claims) undone.push(yield* unclaim(writing, claim));
    return undone;
  });
}

function* unclaim(writing: Writing, { jobId, fence, ifRenewals }: UnusedClaim): Work<boolean> {
  const { sql, now } = writing;
  const request = yield* sql.settle.cancelRequest.first({ jobId });
  const row = yield* sql.leases.undoClaim.first({ jobId, fence, ifRenewals: ifRenewals ?? null, now });
  if (row === undefined) return false;
  yield* sql.leases.deleteAttempt.run({ fence });
  yield* sql.limits.forgetStart.run({ queue: row.queue, fence });
  yield* unparkNext(writing, [row.limit_key]);
  if (request !== undefined) yield* afterEnd(writing, [...(yield* cancelWaiting(writing, [jobId], request.reason))]);
  return true;
}
