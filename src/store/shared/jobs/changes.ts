/**
 * Changes that a person asks for by the jobs' ids, one or many. Each is an UPDATE for all of them that carries its
 * condition, so that it cannot act on what has changed in the meantime; what did not change is looked at afterwards, in
 * the same transaction.
 */
import { describeOutcome } from "../../../core/job/outcome.js";
import type { ChangeResult, DeleteResult } from "../../contract/store.js";
import type { Connection, Writing } from "../connection.js";
import { afterEnd } from "../graph/dependencies.js";
import { withoutWaiting } from "../limits/parking.js";
import { fileNames, type JobRow, type OutputFiles, toJob } from "../rows.js";
import type { Work } from "../work.js";

/** The waiting jobs go first and all together, so that the end of one finds none of the others waiting. */
export function cancelJobs(
  connection: Connection,
  ids: readonly string[],
  reason: string | null,
): Promise<ChangeResult[]> {
  return connection.write(function* (writing) {
    const { now } = writing;
    const sql = writing.sql.changes;
    const cancelled = yield* cancelWaiting(writing, ids, reason);
    const asked = cancelled.size < ids.length ? idsOf(yield* sql.requestCancel.all({ ids, reason, now })) : null;
    yield* afterEnd(writing, [...cancelled]);
    return yield* resultsOf(writing, ids, ({ id }) =>
      cancelled.has(id) ? "changed" : asked?.has(id) ? "requested" : "wrong-state",
    );
  });
}

/** Cancels what does not run. Results in the ids of the cancelled jobs; what follows from their end is to be done. */
export function* cancelWaiting(
  writing: Writing,
  ids: readonly string[],
  reason: string | null,
): Work<ReadonlySet<string>> {
  const { sql, now } = writing;
  const error = describeOutcome({ kind: "cancelled", reason });
  return idsOf(yield* withoutWaiting(writing, ids, () => sql.changes.cancelWaiting.all({ ids, error, now })));
}

export function expediteJob(connection: Connection, id: string): Promise<ChangeResult> {
  return connection.write(function* (writing) {
    const row = yield* writing.sql.changes.expedite.first({ id, now: writing.now });
    const [result = { kind: "not-found" }] = yield* resultsOf(writing, [id], () => (row ? "changed" : "wrong-state"));
    return result;
  });
}

/** Resolves to the jobs as they were. */
export function deleteJobsWithHistory(connection: Connection, ids: readonly string[]): Promise<DeleteResult[]> {
  return connection.write(function* (writing) {
    const { now } = writing;
    const sql = writing.sql.changes;
    const before = yield* writing.sql.jobs.allById.all({ ids });
    // Blocked jobs are cancelled first: the end of the others must not move them, and the jobs behind them may inherit
    // their parents.
    const blocked = before.filter(({ state }) => state === "blocked").map(({ id }) => id);
    if (blocked.length > 0) {
      yield* sql.cancelWaiting.all({ ids: blocked, error: null, now });
      yield* afterEnd(writing, blocked);
    }
    const files = sql.outputFiles === null ? [] : yield* sql.outputFiles.all({ ids });
    const deleted = idsOf(yield* withoutWaiting(writing, ids, () => sql.delete.all({ ids })));
    yield* afterEnd(writing, [...deleted]);
    const filesOf = new Map<string, OutputFiles[]>();
    for (const row of files) filesOf.set(row.job_id, [...(filesOf.get(row.job_id) ?? []), row]);
    return inOrder(ids, before, ({ id }) => (deleted.has(id) ? "changed" : "wrong-state")).map((result) =>
      result.kind === "changed" ? { ...result, files: fileNames(filesOf.get(result.job.id) ?? []) } : result,
    );
  });
}

type Judge = (row: JobRow) => Exclude<ChangeResult["kind"], "not-found">;

/** The result for each, with the jobs as they are now. */
export function* resultsOf({ sql }: Writing, ids: readonly string[], judge: Judge): Work<ChangeResult[]> {
  return inOrder(ids, yield* sql.jobs.allById.all({ ids }), judge);
}

function inOrder(ids: readonly string[], rows: readonly JobRow[], judge: Judge): ChangeResult[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    return row === undefined ? { kind: "not-found" } : { kind: judge(row), job: toJob(row) };
  });
}

function idsOf(rows: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(rows.map(({ id }) => id));
}
