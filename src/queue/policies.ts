/** The policies of a queue: changed by name, and applied to the jobs that name one. */

import { parsePolicy, policyKey, type StoredPolicies, storedPolicies } from "../config/stored-policies.js";
import { ConflictError, type UnusableError } from "../core/errors.js";
import { checkName } from "../core/job/ids.js";
import { JSON_KEYS, LIBRARY_KEYS } from "../core/job/keys.js";
import type { PreparedJob } from "../core/job/spec.js";
import type { NamedPolicy } from "../core/retry/policy.js";
import { changePolicy, POLICY_KEYS as JSON_POLICY_KEYS, type PolicySpecJson } from "../core/retry/spec.js";
import type { Store } from "../store/contract/store.js";
import { NoSuchPolicyError } from "../store/errors.js";
import type { RetrySpec } from "./jobs/spec.js";
import { inLibrarySpelling, toJson } from "./jobs/spelling.js";

/** The values of a policy. Null removes a value. */
export type PolicyChanges = { readonly [Key in keyof RetrySpec]?: RetrySpec[Key] | null };

const POLICY_KEYS = LIBRARY_KEYS.filter((key) => (JSON_POLICY_KEYS as readonly string[]).includes(JSON_KEYS[key]));

/** Most jobs that an error lists. */
const SHOWN_JOBS = 3;

type Batches = AsyncIterable<readonly PreparedJob[]>;

export class Policies {
  readonly #store: Store;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
  }

  /** By name. @throws UnusableError if a foreign program wrote an invalid policy */
  async all(): Promise<ReadonlyMap<string, NamedPolicy>> {
    const { usable, errors } = await this.#stored();
    for (const error of errors.values()) throw error;
    return usable;
  }

  /** Errors of the unusable policies, by name. Jobs that name one run as configured. */
  async unusable(): Promise<ReadonlyMap<string, UnusableError>> {
    return (await this.#stored()).errors;
  }

  /** @throws NoSuchPolicyError @throws UnusableError */
  async get(name: string): Promise<NamedPolicy> {
    return found(await this.#stored(), name);
  }

  /**
   * Creates or changes a policy; null removes a value. It applies to jobs that are claimed from then on, a deadline to
   * jobs enqueued from then on.
   *
   * ```ts
   * await client.policies.set("api", { maxRetries: 10, backoff: "fixed", backoffBase: 30, snoozeOn: [75] });
   * ```
   * @throws UsageError
   */
  async set(name: string, changes: PolicyChanges): Promise<NamedPolicy> {
    try {
      return await changeStored(this.#store, name, toJson(changes, "policy", POLICY_KEYS) as PolicySpecJson);
    } catch (error) {
      throw inLibrarySpelling(error);
    }
  }

  /** @throws NoSuchPolicyError @throws ConflictError if an unfinished job or a schedule names it */
  async remove(name: string): Promise<void> {
    const stored = await this.#stored();
    if (!stored.errors.has(name)) found(stored, name);
    const jobs = await this.#store.jobs.withPolicy(name, SHOWN_JOBS + 1);
    if (jobs.length > 0) {
      const shown = jobs.slice(0, SHOWN_JOBS).join(", ") + (jobs.length > SHOWN_JOBS ? ", …" : "");
      throw new ConflictError(
        `unfinished jobs have the policy ${name}: ${shown}`,
        "wait until they end, or cancel them",
      );
    }
    const schedules = await this.#schedulesWith(name);
    if (schedules.length > 0) {
      throw new ConflictError(
        `schedules have the policy ${name}: ${schedules.join(", ")}`,
        "remove or replace them first",
      );
    }
    await this.#store.settings.set(policyKey(name), null);
  }

  /** Jobs on their way into the store, see {@link apply}. @internal */
  async *applied(batches: Batches): AsyncGenerator<readonly PreparedJob[]> {
    let position = 0;
    for await (const batch of batches) {
      yield await this.apply(batch, position);
      position += batch.length;
    }
  }

  /**
   * Jobs that name a policy, with its deadline if they have none.
   * @throws NoSuchPolicyError with the job's index, counted from `position`
   * @internal
   */
  async apply(jobs: readonly PreparedJob[], position = 0): Promise<readonly PreparedJob[]> {
    if (jobs.every(({ options }) => options.policy === undefined)) return jobs;
    const policies = await this.#stored();
    return jobs.map((job, i) => {
      const { policy: name } = job.options;
      if (name === undefined) return job;
      return { ...job, deadlineMs: job.deadlineMs ?? found(policies, name, position + i).deadlineMs ?? null };
    });
  }

  async #stored(): Promise<StoredPolicies> {
    return storedPolicies(await this.#store.settings.all());
  }

  async #schedulesWith(name: string): Promise<string[]> {
    const schedules = await this.#store.schedules.list();
    return schedules.filter(({ job }) => job.policy === name).map((schedule) => schedule.name);
  }
}

/** With JSON's keys. @throws UsageError */
export async function changeStored(
  store: Pick<Store, "settings">,
  name: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<NamedPolicy> {
  checkName("policy", name);
  let policy: NamedPolicy = {};
  await store.settings.update(policyKey(name), (stored) => {
    policy = changePolicy(stored === null ? {} : parsePolicy(name, stored), changes);
    return JSON.stringify(policy);
  });
  return policy;
}

function found({ usable, errors }: StoredPolicies, name: string, position?: number): NamedPolicy {
  const policy = usable.get(name);
  if (policy !== undefined) return policy;
  throw errors.get(name) ?? new NoSuchPolicyError(name, [...usable.keys()], position);
}
