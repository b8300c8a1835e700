/**
 * Changes that somebody asks for by a job's id. Each is one UPDATE that carries its condition, so that it cannot act on what
 * has changed in the meantime; only when it did nothing do we look why, in the same transaction.
 */
import { describeOutcome } from "../../core/outcome.js";
import { allows } from "../../core/state.js";
import type { ChangeResult } from "../store.js";
import { type Connection, type Writing, write } from "./connection.js";
import { afterEnd, afterRevival } from "./dependencies.js";
import { waive } from "./dependencies-sql.js";
import { deleteJob, outputFilesOfJob } from "./insert-sql.js";
import * as sql from "./jobs-sql.js";
import { fileNames, type JobRow, toJob } from "./rows.js";

export function cancelJob(connection: Connection, id: string, reason: string | null): Promise<ChangeResult> {
  return write(connection, async (writing) => {
    const { db, now } = writing;
    const error = describeOutcome({ kind: "cancelled", reason });
    const cancelled = await sql.cancelWaiting.first(db, { id, error, now });
    if (cancelled !== undefined) {
      await afterEnd(writing, [id]);
      return changed(cancelled);
    }
    const asked = await sql.requestCancel.first(db, { id, reason, now });
    if (asked !== undefined) return { kind: "requested", job: toJob(asked) };
    return unchanged(writing, id);
  });
}

export function reviveJob(connection: Connection, id: string): Promise<ChangeResult> {
  return write(connection, async (writing) => {
    const row = await sql.reviveJob.first(writing.db, { id, now: writing.now });
    if (row === undefined) {
      const answer = await unchanged(writing, id);
      // Its state allows it, so it was the index of unique keys that did not.
      const taken = answer.kind === "wrong-state" && allows("revive", answer.job.state);
      return taken ? { kind: "key-taken", job: answer.job } : answer;
    }
    await waive.run(writing.db, { id });
    await afterRevival(writing, [id]);
    return changed(row);
  });
}

export function expediteJob(connection: Connection, id: string): Promise<ChangeResult> {
  return write(connection, async (writing) => {
    const row = await sql.expediteJob.first(writing.db, { id, now: writing.now });
    return row === undefined ? unchanged(writing, id) : changed(row);
  });
}

export function deleteJobWithHistory(
  connection: Connection,
  id: string,
): Promise<ChangeResult & { readonly files?: readonly string[] }> {
  return write(connection, async (writing) => {
    const { db, now } = writing;
    const before = await unchanged(writing, id);
    const files = fileNames(await outputFilesOfJob.all(db, { id }));
    // One that waits is cancelled first: those behind it may have to wait for what it waits for.
    if (before.kind === "wrong-state" && before.job.state === "blocked") {
      await sql.cancelWaiting.all(db, { id, error: null, now });
      await afterEnd(writing, [id]);
    }
    if (before.kind === "not-found" || (await deleteJob.run(db, { id })) === 0) return before;
    await afterEnd(writing, [id]);
    return { kind: "changed", job: before.job, files };
  });
}

function changed(row: JobRow): ChangeResult {
  return { kind: "changed", job: toJob(row) };
}

async function unchanged(
  { db }: Writing,
  id: string,
): Promise<Extract<ChangeResult, { kind: "wrong-state" | "not-found" }>> {
  const row = await sql.jobById.first(db, { id });
  return row === undefined ? { kind: "not-found" } : { kind: "wrong-state", job: toJob(row) };
}
