/**
 * New jobs that may not all come in, or only in the place of others, because of their ids and unique keys. Looks at
 * what is stored, has `core/job/admission.ts` decide, and makes room.
 */
import type { ParentRedirects } from "../../../core/dependency/parent-redirects.js";
import { type Applicant, admit } from "../../../core/job/admission.js";
import { JobConflictError } from "../../errors.js";
import type { Chunk, Reading, Writing } from "../connection.js";
import { withoutWaiting } from "../limits/parking.js";
import type { ApplicantRow } from "../statements/insert.js";
import type { Work } from "../work.js";

/** The part of a chunk that is inserted. */
export interface Entry extends Pick<Chunk, "jobs" | "common" | "count"> {
  /**
   * For each job, why it is cancelled because another one of the chunk replaces it. Null entry: it is not. Null: no job
   * of the chunk is.
   */
  readonly errors: readonly (string | null)[] | null;
  /** Stored jobs to cancel. */
  readonly cancelled: readonly { readonly id: string; readonly error: string }[];
  /** Each replaced job with the one that takes its place; both may be of the chunk. */
  readonly replaced: readonly (readonly [string, string])[];
}

export interface Call {
  readonly replace: boolean;
  /** The newest job's `seq` when the call began. */
  readonly newest: number;
  readonly parentRedirects: ParentRedirects;
}

/** The whole chunk, if only taken ids can be in its way. */
export function wholly({ jobs, common, count }: Chunk): Entry {
  return { jobs, common, count, errors: null, cancelled: [], replaced: [] };
}

/**
 * @param position of the chunk's first job in the call
 * @param before the newest job's `seq` before the chunk
 * @throws JobConflictError
 */
export function* admitted(
  { sql }: Reading,
  { jobs, common }: Chunk,
  { replace, newest, parentRedirects }: Call,
  position: number,
  before: number,
): Work<Entry> {
  const applicants = (yield* sql.insert.applicants.all({ jobs, newest: before })).map((row) =>
    toApplicant(row, newest),
  );
  const { verdicts, refusal } = admit(applicants, replace);
  if (refusal !== null) {
    throw new JobConflictError(refusal.id, position + refusal.index, refusal.reason, refusal.key);
  }
  const left: number[] = [];
  const errors: (string | null)[] = [];
  const cancelled: Entry["cancelled"][number][] = [];
  /** Which jobs each one has replaced, also through jobs that have been replaced since. */
  const heirs = new Map<string, string[]>();
  /** Replaced ids. A later job of the call may have such an id, and inherits nothing that waited for the earlier one. */
  const gone = new Set<string>();
  /** Of the jobs that come in, by their ids: which entry of `errors` is theirs. */
  const entries = new Map<string, number>();
  for (const [index, verdict] of verdicts.entries()) {
    const { id } = verdict;
    parentRedirects.note(
      verdict,
      position + index,
      entries.has(id) || (applicants[index]?.namesake?.isOfCall ?? false),
    );
    if (verdict.kind === "skipped") {
      left.push(index);
      continue;
    }
    if (verdict.replaces !== null) {
      const error = `replaced by job ${id}, which has the same unique key`;
      const entry = entries.get(verdict.replaces);
      if (entry === undefined) cancelled.push({ id: verdict.replaces, error });
      else errors[entry] = error;
      const taken = heirs.get(verdict.replaces) ?? [];
      if (!gone.has(verdict.replaces)) taken.push(verdict.replaces);
      gone.add(verdict.replaces);
      heirs.delete(verdict.replaces);
      heirs.set(id, taken);
    }
    entries.set(id, errors.push(null) - 1);
  }
  return {
    jobs: left.length === 0 ? jobs : yield* sql.insert.without(jobs, left),
    common,
    count: errors.length,
    errors: errors.some((error) => error !== null) ? errors : null,
    cancelled,
    replaced: [...heirs].flatMap(([heir, ids]) => ids.filter((id) => id !== heir).map((id) => [id, heir] as const)),
  };
}

/** Cancels the jobs that are to be replaced, so that their keys are free. */
export function* makeRoom(writing: Writing, cancelled: Entry["cancelled"]): Work<void> {
  const { sql, now } = writing;
  for (const { id, error } of cancelled) {
    yield* withoutWaiting(writing, [id], () => sql.changes.cancelWaiting.all({ ids: [id], error, now }));
  }
}

function toApplicant(row: ApplicantRow, newest: number): Applicant {
  const { id, key, onConflict, namesakeSeq, namesakeState, holder, holderState } = row;
  const isOfCall = namesakeSeq !== null && namesakeSeq > newest;
  return {
    ...{ id, key, onConflict },
    namesake: namesakeState && { state: namesakeState, isOfCall },
    holder: holder !== null && holderState !== null ? { id: holder, state: holderState } : null,
  };
}
