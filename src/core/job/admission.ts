/**
 * Which of new jobs come in: each as if it had been enqueued by itself, after those before it. Pure: what is there already
 * comes with each of them.
 */
import type { UniqueConflict } from "./schema.js";
import type { JobState } from "./state.js";

/** The unfinished job that has a unique key. */
export interface Holder {
  readonly id: string;
  readonly state: JobState;
}

export interface Applicant {
  readonly id: string;
  readonly key: string | null;
  readonly onConflict: UniqueConflict;
  /** The job that has its id. */
  readonly namesake: { readonly state: JobState; readonly isOfCall: boolean } | null;
  readonly holder: Holder | null;
}

export type Verdict =
  | { readonly kind: "in"; readonly id: string /** Whose unique key it takes. */; readonly replaces: string | null }
  | { readonly kind: "skipped"; readonly id: string; readonly holder: string };

/** Why an applicant, and with it the whole call, is refused. */
export interface Refusal {
  readonly reason: "exists" | "processing" | "twice" | "unique" | "unique_processing";
  /** Who is in its way. */
  readonly id: string;
  /** Which applicant, from 0. */
  readonly place: number;
  readonly key: string;
}

/**
 * One verdict for each, or the first refusal.
 * @param replace whether a job takes the place of one with its id that was there before the call
 */
export function admit(
  applicants: readonly Applicant[],
  replace: boolean,
): { readonly verdicts: readonly Verdict[]; readonly refusal: Refusal | null } {
  /** By key: what the applicants so far have changed. */
  const holders = new Map<string, Holder>();
  const admitted = new Set<string>();
  const verdicts: Verdict[] = [];

  const holderOf = ({ key, holder }: Applicant): Holder | null => {
    if (key === null) return null;
    const changed = holders.get(key);
    if (changed !== undefined) return changed;
    // One that has been put in its place since may have another key, or none.
    return holder !== null && admitted.has(holder.id) ? null : holder;
  };

  for (const [place, applicant] of applicants.entries()) {
    const { id, key, onConflict, namesake } = applicant;
    const refuse = (reason: Refusal["reason"], by = id) => ({
      verdicts,
      refusal: { reason, id: by, place, key: key ?? "" },
    });
    const holder = holderOf(applicant);
    if (holder !== null && onConflict === "skip" && !(replace && holder.id === id)) {
      verdicts.push({ kind: "skipped", id, holder: holder.id });
      continue;
    }
    if (admitted.has(id) || namesake?.isOfCall) return refuse("twice");
    if (namesake !== null && !replace) return refuse("exists");
    if (namesake?.state === "processing") return refuse("processing");
    // With the job whose place it takes, that one's key is free.
    const rival = holder?.id === id ? null : holder;
    if (rival !== null && onConflict !== "replace") return refuse("unique", rival.id);
    if (rival?.state === "processing") return refuse("unique_processing", rival.id);
    if (key !== null) holders.set(key, { id, state: "pending" });
    admitted.add(id);
    verdicts.push({ kind: "in", id, replaces: rival?.id ?? null });
  }
  return { verdicts, refusal: null };
}
