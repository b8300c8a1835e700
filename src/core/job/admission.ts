/**
 * Decides which new jobs are let in. The result is as if each were enqueued alone, after those before it. Pure: each
 * applicant brings the facts about stored jobs along.
 */
import type { UniqueConflict } from "./schema.js";
import type { JobState } from "./state.js";

/** The unfinished job that holds a unique key. */
export interface Holder {
  readonly id: string;
  readonly state: JobState;
}

export interface Applicant {
  readonly id: string;
  readonly key: string | null;
  readonly onConflict: UniqueConflict;
  /** The stored job with the same id. Null: none. */
  readonly namesake: { readonly state: JobState; readonly isOfCall: boolean } | null;
  readonly holder: Holder | null;
}

export type Verdict =
  | {
      readonly kind: "in";
      readonly id: string;
      /** Job that loses its unique key to this one. Null: none. */
      readonly replaces: string | null;
    }
  | { readonly kind: "skipped"; readonly id: string; readonly holder: string };

/** Why an applicant is refused, and the whole call with it. */
export interface Refusal {
  readonly reason: "exists" | "processing" | "twice" | "unique" | "unique_processing";
  /** The job in the way. */
  readonly id: string;
  /** Index of the applicant in the call, from 0. */
  readonly index: number;
  readonly key: string;
}

/**
 * One verdict per applicant, or the first refusal.
 * @param replace whether a job may replace a stored job with the same id
 */
export function admit(
  applicants: readonly Applicant[],
  replace: boolean,
): { readonly verdicts: readonly Verdict[]; readonly refusal: Refusal | null } {
  /** By key: the holders that earlier applicants changed. */
  const holders = new Map<string, Holder>();
  const admitted = new Set<string>();
  const verdicts: Verdict[] = [];

  const holderOf = ({ key, holder }: Applicant): Holder | null => {
    if (key === null) return null;
    const changed = holders.get(key);
    if (changed !== undefined) return changed;
    // An applicant has replaced the holder, and may have another key.
    return holder !== null && admitted.has(holder.id) ? null : holder;
  };

  for (const [index, applicant] of applicants.entries()) {
    const { id, key, onConflict, namesake } = applicant;
    const refuse = (reason: Refusal["reason"], by = id) => ({
      verdicts,
      refusal: { reason, id: by, index, key: key ?? "" },
    });
    const holder = holderOf(applicant);
    if (holder !== null && onConflict === "skip" && !(replace && holder.id === id)) {
      verdicts.push({ kind: "skipped", id, holder: holder.id });
      continue;
    }
    if (admitted.has(id) || namesake?.isOfCall) return refuse("twice");
    if (namesake !== null && !replace) return refuse("exists");
    if (namesake?.state === "processing") return refuse("processing");
    // A job that replaces the holder takes over its key.
    const rival = holder?.id === id ? null : holder;
    if (rival !== null && onConflict !== "replace") return refuse("unique", rival.id);
    if (rival?.state === "processing") return refuse("unique_processing", rival.id);
    if (key !== null) holders.set(key, { id, state: "pending" });
    admitted.add(id);
    verdicts.push({ kind: "in", id, replaces: rival?.id ?? null });
  }
  return { verdicts, refusal: null };
}
