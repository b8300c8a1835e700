/**
 * What few jobs ask for, kept together: no statement of the store that is run often looks into it, so it is one value there,
 * and nothing at all for most jobs.
 */
import type { RetryWishes } from "./retry-policy.js";

/** What a command may use, each process of it. */
export interface Resources {
  /** -20 (first) to 19 (last), added to the worker's own. */
  readonly nice?: number;
  /** Of address space. */
  readonly memoryBytes?: number;
  readonly cpuTimeMs?: number;
}

export interface JobOptions {
  /** The name of the policy that answers what the job itself leaves open. */
  readonly policy?: string;
  readonly retry?: RetryWishes;
  readonly resources?: Resources;
}

export const NO_OPTIONS: JobOptions = Object.freeze({});
