/** What becomes of new jobs whose unique key an unfinished job has: each says itself what it wants. */
import { JobConflictError } from "../conflict.js";
import type { Writing } from "./connection.js";
import { afterEnd } from "./dependencies.js";
import * as sql from "./insert-sql.js";
import { cancelWaiting } from "./jobs-sql.js";
import type { Piece } from "./new-jobs.js";

export interface SettledKeys {
  /** The new jobs that stay out, and who has their key. */
  readonly skipped: ReadonlyMap<string, string>;
  /** Whether a key has become free, so that its job can be inserted now. */
  readonly replaced: boolean;
}

/**
 * @param position of the piece's first job in the call
 * @param mayBeLeftOut not if the jobs take the places of others, which are gone by now
 * @throws JobConflictError a job that accepts no other with its key, or would replace one that is processing
 */
export async function settleUnique(
  writing: Writing,
  jobs: Piece["jobs"],
  position: number,
  mayBeLeftOut: boolean,
): Promise<SettledKeys> {
  const { db, now } = writing;
  const skipped = new Map<string, string>();
  const replaced: string[] = [];
  for (const { place, id, key, onConflict, holder, state } of await sql.holdersOfKeys.all(db, { jobs })) {
    if (onConflict === "skip" && mayBeLeftOut) skipped.set(id, holder);
    else if (onConflict !== "replace") throw new JobConflictError(holder, position + place, "unique", key);
    else if (state === "processing") throw new JobConflictError(holder, position + place, "unique_processing", key);
    else {
      const ids = JSON.stringify([holder]);
      await cancelWaiting.all(db, { ids, error: `replaced by job ${id}, which has the same unique key`, now });
      replaced.push(holder);
    }
  }
  await afterEnd(writing, replaced);
  return { skipped, replaced: replaced.length > 0 };
}
