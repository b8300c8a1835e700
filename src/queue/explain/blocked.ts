/** Explains which jobs a blocked job waits for. */
import { isTerminal } from "../../core/job/state.js";
import type { StoredDependency } from "../../store/contract/store.js";
import type { Facts, Reason } from "./facts.js";

/** Most jobs that are named; the others are counted. */
const NAMED = 5;
const WISH = { ok: "complete", fail: "fail", any: "end" } as const;

export function blocked({ job, waitsFor }: Facts): Reason[] {
  if (job.state !== "blocked") return [];
  const named = waitsFor.slice(0, NAMED).map((dependency) => reasonFor(job.id, dependency));
  const rest = waitsFor.length - named.length;
  return rest > 0 ? [...named, { code: "blocked", message: `it waits for ${rest} other jobs as well` }] : named;
}

function reasonFor(id: string, { parent, when, status, state }: StoredDependency): Reason {
  if (status === "unmet") {
    const instead = `queuectl cancel ${id} gives this one up, and queuectl retry ${id} then runs it all the same`;
    const message = `it was to wait for job ${parent} to ${WISH[when]}, which can no longer be`;
    if (state === null) {
      const again = `queuectl enqueue --replace --id ${parent} … enqueues that anew`;
      return { code: "blocked", message: `${message}: it was deleted`, hint: `${again}; ${instead}` };
    }
    // The parent was deleted, and its id now belongs to another job.
    const isAnother = !isTerminal(state) || (state === "completed" && when === "ok");
    if (isAnother) return { code: "blocked", message: `${message}: another job has that id now`, hint: instead };
    return { code: "blocked", message, hint: `queuectl retry ${parent} runs that once more; ${instead}` };
  }
  return {
    code: "blocked",
    message: `it waits for job ${parent} to ${WISH[when]}, which is ${state}`,
    hint: `queuectl explain ${parent}`,
  };
}
