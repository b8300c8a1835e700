/**
 * Stores policies among the settings, under names that no setting has. So every reader of the configuration has them
 * too, and a job without a policy costs nothing.
 */
import { UnusableError } from "../core/errors.js";
import type { NamedPolicy } from "../core/retry/policy.js";

const PREFIX = "policy.";

export function policyKey(name: string): string {
  return PREFIX + name;
}

/** @throws UnusableError if a foreign program wrote an invalid policy */
export function storedPolicies(stored: Readonly<Record<string, string>>): ReadonlyMap<string, NamedPolicy> {
  const policies = new Map<string, NamedPolicy>();
  for (const key in stored) {
    if (!key.startsWith(PREFIX)) continue;
    const name = key.slice(PREFIX.length);
    policies.set(name, parsePolicy(name, stored[key] as string));
  }
  return policies;
}

/** @throws UnusableError */
export function parsePolicy(name: string, stored: string): NamedPolicy {
  try {
    return JSON.parse(stored);
  } catch (error) {
    const hint = `remove it and set it again: queuectl policy remove ${name}`;
    throw new UnusableError(`the policy ${name} cannot be used: it is not JSON`, hint, error);
  }
}
