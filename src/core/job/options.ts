/**
 * What few jobs ask for, kept together: no statement of the store that is run often looks into it, so it is one value there,
 * and nothing at all for most jobs.
 */
import type { Hook } from "../hook/hook.js";
import type { RetryOptions } from "../retry/policy.js";

/** What a command may use, each process of it. */
export interface Resources {
  /** -20 (first) to 19 (last), added to the worker's own. */
  readonly nice?: number;
  /** Of address space. */
  readonly memoryBytes?: number;
  readonly cpuTimeMs?: number;
}

export interface JobOptions {
  /** Read by the trigger of migration 0009. */
  readonly hooks?: readonly Hook[];
  /** The schedule that enqueued it, and the tick that it is for. */
  readonly schedule?: { readonly name: string; readonly at: number };
  /** The name of the policy that answers what the job itself leaves open. */
  readonly policy?: string;
  readonly retry?: RetryOptions;
  readonly resources?: Resources;
}

export const NO_OPTIONS: JobOptions = Object.freeze({});
