/** The parents and the children of a job. */
import type { JobState } from "../../core/job/state.js";
import type { StoredDependency } from "../../store/contract/store.js";
import type { Jobs } from "./jobs.js";

export interface Relations {
  readonly after: readonly StoredDependency[];
  /** The first ones. */
  readonly dependents: readonly { readonly id: string; readonly state: JobState }[];
  /** Whether there are more dependents than these. */
  readonly more: boolean;
}

const MOST_DEPENDENTS = 50;

export async function readRelations(jobs: Pick<Jobs, "dependencies" | "dependents">, id: string): Promise<Relations> {
  const after = await jobs.dependencies(id);
  const dependents = await jobs.dependents(id, MOST_DEPENDENTS + 1);
  return { after, dependents: dependents.slice(0, MOST_DEPENDENTS), more: dependents.length > MOST_DEPENDENTS };
}
