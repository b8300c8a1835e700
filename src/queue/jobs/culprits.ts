/**
 * Finds the jobs at the beginning of a chain of dead jobs: a job that died of its parent is not the one to look at if
 * that parent died of its own.
 */
import type { DependencyCondition } from "../../core/dependency/dependency.js";
import type { JobState } from "../../core/job/state.js";
import type { JobStore } from "../../store/contract/store.js";

/** A job whose end kept others from running. */
export interface Culprit {
  readonly id: string;
  /** How it was to end. */
  readonly when: DependencyCondition;
  /** Null: it was deleted. */
  readonly state: JobState | null;
  readonly lastError: string | null;
  /** The direct parent through which it counts; often the job itself. */
  readonly through: string;
}

/** Most jobs to look at. */
const MOST = 200;

type Reader = Pick<JobStore, "get" | "dependencies">;

/** Empty: no parent kept the job from running. */
export async function culpritsOf(jobs: Reader, id: string): Promise<Culprit[]> {
  const culprits: Culprit[] = [];
  const seen = new Set([id]);
  const open: { id: string; through: string | null }[] = [{ id, through: null }];
  for (let next = open.shift(); next !== undefined && seen.size < MOST; next = open.shift()) {
    for (const { parent, when, state } of await unmet(jobs, next.id)) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      const through = next.through ?? parent;
      if (state === "dead" && (await unmet(jobs, parent)).length > 0) open.push({ id: parent, through });
      else culprits.push({ id: parent, when, state, lastError: await lastError(jobs, parent, state), through });
    }
  }
  return culprits;
}

/** Whether a retry of the job would make it end as it was to end, if all goes well. */
export function canBeRetried({ state, when }: Culprit): boolean {
  return when !== "fail" && (state === "dead" || state === "cancelled");
}

/** What a user may do about a job that died of these: the form to type, and what it does. */
export function adviceFor(id: string, culprits: readonly Culprit[]): string {
  if (!culprits.every(canBeRetried)) return `queuectl retry ${id} --force runs ${id} all the same`;
  const ids = culprits.map((culprit) => culprit.id);
  const [them, again] = ids.length === 1 ? ["it", ids[0]] : ["them", "these"];
  return `queuectl retry ${ids.join(" ")} runs ${again} again, and ${id} after ${them}`;
}

/** One clause for each: `job test is dead: exited with code 1`. */
export function culpritText({ id, when, state, lastError: error }: Culprit): string {
  if (state === null) return `job ${id} was deleted`;
  if (state === "dead") return `job ${id} is dead${error === null ? "" : `: ${error}`}`;
  if (state === "cancelled") return `job ${id} was ${error ?? "cancelled"}`;
  return when === "fail" && state === "completed" ? `job ${id} completed` : `another job has the id ${id} now`;
}

async function unmet(jobs: Reader, id: string) {
  return (await jobs.dependencies(id)).filter(({ status }) => status === "unmet");
}

async function lastError(jobs: Reader, id: string, state: JobState | null): Promise<string | null> {
  return state === "dead" || state === "cancelled" ? ((await jobs.get(id))?.lastError ?? null) : null;
}
