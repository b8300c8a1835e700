/** Policies as JSON, with the keys and units of a job's description. Null: the policy has no value. */
import { retriesToSpec } from "../core/job/to-spec.js";
import type { NamedPolicy } from "../core/retry/policy.js";

export function policyToJson(name: string, policy: NamedPolicy) {
  return { name, ...retriesToSpec(policy) };
}

export function removedPolicyToJson(name: string) {
  return { name, removed: true };
}
