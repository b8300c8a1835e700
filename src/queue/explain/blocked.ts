/** Explains which jobs a blocked job waits for. */
import { isTerminal } from "../../core/job/state.js";
import { listed } from "../../core/text/listed.js";
import type { StoredDependency } from "../../store/contract/store.js";
import { type Culprit, canBeRetried, culpritText } from "../jobs/culprits.js";
import type { Facts, Reason } from "./facts.js";

/** Most jobs that are named; the others are counted. */
const NAMED = 5;
const ENDING = { ok: "completes", fail: "fails", any: "ends" } as const;

export function blocked({ job, waitsFor, culprits }: Facts): Reason[] {
  if (job.state !== "blocked") return [];
  const named = waitsFor.slice(0, NAMED).map((dependency) => reasonFor(job.id, dependency, culprits));
  const rest = waitsFor.length - named.length;
  return rest > 0 ? [...named, { code: "blocked", message: `it waits for ${rest} other jobs as well` }] : named;
}

function reasonFor(
  id: string,
  { parent, when, status, state }: StoredDependency,
  culprits: readonly Culprit[],
): Reason {
  if (status === "unmet") {
    const instead = `to run it anyway: queuectl cancel ${id}, then queuectl retry ${id}`;
    const message = `it runs only if job ${parent} ${ENDING[when]}, which can no longer happen`;
    if (state === null) {
      const again = `to enqueue that job again: queuectl enqueue --replace --id ${parent} …`;
      return { code: "blocked", message: `${message}: it was deleted`, hint: `${again}; ${instead}` };
    }
    // The parent was deleted, and its id now belongs to another job.
    const isAnother = !isTerminal(state) || (state === "completed" && when === "ok");
    if (isAnother) return { code: "blocked", message: `${message}: another job has that id now`, hint: instead };
    const behind = culprits.filter((culprit) => culprit.through === parent);
    if (behind.length === 0 || !behind.every(canBeRetried)) return { code: "blocked", message, hint: instead };
    const ids = behind.map((culprit) => culprit.id);
    const why = ids.includes(parent) ? "" : `, because ${listed(behind.map(culpritText))}`;
    const again = `to run ${ids.length > 1 || ids[0] !== parent ? listed(ids) : "that job"} again`;
    const hint = `${again}: queuectl retry ${ids.join(" ")}; ${instead}`;
    return { code: "blocked", message: `${message}${why}`, hint };
  }
  return {
    code: "blocked",
    message: `it waits until job ${parent} (${state}) ${ENDING[when]}`,
    hint: `queuectl explain ${parent}`,
  };
}
