/**
 * Stores policies among the settings, under names that no setting has. So every reader of the configuration has them
 * too, and a job without a policy costs nothing.
 */
import { UnusableError, UsageError } from "../core/errors.js";
import type { NamedPolicy } from "../core/retry/policy.js";
import { readPolicy } from "../core/retry/spec.js";

const PREFIX = "policy.";

export function policyKey(name: string): string {
  return PREFIX + name;
}

/** By the policy's name. If a foreign program wrote an invalid text, it harms no other policy. */
export interface StoredPolicies {
  readonly usable: ReadonlyMap<string, NamedPolicy>;
  readonly errors: ReadonlyMap<string, UnusableError>;
}

export function storedPolicies(stored: Readonly<Record<string, string>>): StoredPolicies {
  const usable = new Map<string, NamedPolicy>();
  const errors = new Map<string, UnusableError>();
  for (const [key, text] of Object.entries(stored)) {
    if (!key.startsWith(PREFIX)) continue;
    const name = key.slice(PREFIX.length);
    try {
      usable.set(name, parsePolicy(name, text));
    } catch (error) {
      if (!(error instanceof UnusableError)) throw error;
      errors.set(name, error);
    }
  }
  return { usable, errors };
}

/** @throws UnusableError */
export function parsePolicy(name: string, text: string): NamedPolicy {
  try {
    return readPolicy(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SyntaxError)) throw error;
    const reason = error instanceof UsageError ? error.message : "it is not JSON";
    const hint = `remove it, and set it again: queuectl policy remove ${name}`;
    throw new UnusableError(`the policy ${name} cannot be used: ${reason}`, hint, error);
  }
}
