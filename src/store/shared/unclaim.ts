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

export async function unclaimJobs(connection: Connection, claims: readonly UnusedClaim[]): Promise<boolean[]> {
  if (claims.length === 0) return [];
  return connection.write(async (writing) => {
    const undone: boolean[] = [];
    for (const claim of claims) undone.push(await unclaim(writing, claim));
    return undone;
  });
}

async function unclaim(writing: Writing, { jobId, fence, ifRenewals }: UnusedClaim): Promise<boolean> {
  const { db, sql, now } = writing;
  const request = await sql.settle.cancelRequest.first(db, { jobId });
  const row = await sql.leases.undoClaim.first(db, { jobId, fence, ifRenewals: ifRenewals ?? null, now });
  if (row === undefined) return false;
  await sql.leases.deleteAttempt.run(db, { fence });
  await sql.limits.forgetStart.run(db, { queue: row.queue, fence });
  await unparkNext(writing, [row.limit_key]);
  if (request !== undefined) await afterEnd(writing, [...(await cancelWaiting(writing, [jobId], request.reason))]);
  return true;
}
