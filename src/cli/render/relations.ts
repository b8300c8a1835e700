/** The parents and dependents of a job. */
import type { DependencyCondition } from "../../core/dependency/dependency.js";
import type { JobState } from "../../core/job/state.js";
import type { StoredDependency } from "../../queue/jobs/jobs.js";
import type { Relations } from "../../queue/jobs/relations.js";
import { stateText } from "../terminal/style.js";

/** Most parents or dependents in the text; the relevant ones come first. */
const SHOWN = 8;

/** Names and values. */
export function relationFacts({ after, dependents, more }: Relations): [string, string][] {
  const facts: [string, string][] = [];
  if (after.length > 0) facts.push(["After", `${counted(after)}${listed(byStatus(after).map(parentText), false)}`]);
  if (dependents.length > 0) facts.push(["Before", listed(dependents.map(withState), more)]);
  return facts;
}

const ORDER = ["unmet", "waiting", "met"] as const;

function byStatus(after: readonly StoredDependency[]): StoredDependency[] {
  return [...after].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
}

/** Empty for a few. */
function counted(after: readonly StoredDependency[]): string {
  if (after.length <= SHOWN) return "";
  return `${after.filter(({ status }) => status === "met").length} of ${after.length} met: `;
}

const CONDITION_TEXT: Readonly<Record<DependencyCondition, string>> = { ok: "", fail: ":fail", any: ":any" };

function parentText({ parent, when, status, state }: StoredDependency): string {
  const what = state === null ? "deleted" : stateText(state);
  return `${parent}${CONDITION_TEXT[when]} (${status === "unmet" ? `${what}, so never` : what})`;
}

function withState({ id, state }: { readonly id: string; readonly state: JobState }): string {
  return `${id} (${stateText(state)})`;
}

function listed(texts: readonly string[], more: boolean): string {
  const shown = texts.slice(0, SHOWN);
  return [...shown, ...(more || shown.length < texts.length ? ["…"] : [])].join(", ");
}
