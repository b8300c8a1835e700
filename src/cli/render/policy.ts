/** The retry options of a policy or a job, in the words of the flags. Open values are left out. */

import type { NamedPolicy } from "../../core/retry/policy.js";
import { POLICY_KEYS, policyToJson } from "../../core/retry/spec.js";
import { formatDuration } from "../../core/text/duration.js";

const DURATIONS: readonly string[] = ["backoff_max", "snooze_delay", "timeout", "deadline"];

/** By the names of flags, without their dashes. */
export function policyFacts(policy: NamedPolicy): ReadonlyMap<string, string> {
  const values = policyToJson(policy);
  const said = POLICY_KEYS.filter((key) => values[key] !== null);
  return new Map(
    said.map((key) => {
      const value = values[key];
      return [key.replaceAll("_", "-"), DURATIONS.includes(key) ? formatDuration(value as number) : String(value)];
    }),
  );
}

/** One line. */
export function policyText(policy: NamedPolicy): string {
  const facts = [...policyFacts(policy)].map(([flag, value]) => `${flag}=${value}`);
  return facts.length === 0 ? "as configured" : facts.join(" ");
}
