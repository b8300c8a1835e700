/** The retry options of a policy or a job, in the words of the flags. Open values are left out. */

import { unitOfJsonKey } from "../../core/job/keys.js";
import { retriesToSpec } from "../../core/job/to-spec.js";
import type { NamedPolicy } from "../../core/retry/policy.js";
import { formatDuration } from "../../core/text/duration.js";

/** By the names of flags, without their dashes. */
export function policyFacts(policy: NamedPolicy): ReadonlyMap<string, string> {
  const said = Object.entries(retriesToSpec(policy)).filter(([, value]) => value !== null);
  return new Map(said.map(([key, value]) => [key.replaceAll("_", "-"), valueText(key, value)]));
}

function valueText(key: string, value: unknown): string {
  const isDuration = unitOfJsonKey(key) === "milliseconds";
  return isDuration && typeof value === "number" ? formatDuration(Math.round(value * 1000)) : String(value);
}

/** One line. */
export function policyText(policy: NamedPolicy): string {
  const facts = [...policyFacts(policy)].map(([flag, value]) => `${flag}=${value}`);
  return facts.length === 0 ? "as configured" : facts.join(" ");
}
