/**
 * Rarely used settings of a job, kept together as one value. No frequent statement of the store looks into it, and for
 * most jobs it is absent.
 */
import type { Hook } from "../hook/hook.js";
import type { RetryOptions } from "../retry/policy.js";

/** Resource limits for each process of the command. */
export interface Resources {
  /** From -20 (first) to 19 (last), added to the worker's own. */
  readonly nice?: number;
  /** Limit of the address space. */
  readonly memoryBytes?: number;
  readonly cpuTimeMs?: number;
}

export interface JobOptions {
  /** Read by the store when the job ends. */
  readonly hooks?: readonly Hook[];
  /** Schedule that enqueued the job, and the tick that the job is for. */
  readonly schedule?: { readonly name: string; readonly at: number };
  /** Policy for values that the job leaves open. */
  readonly policy?: string;
  readonly retry?: RetryOptions;
  readonly resources?: Resources;
  /** Fence of the attempt whose end its caller was told. While it is the newest, the dead-letter queue has no such job. */
  readonly acknowledged?: number;
}

export const NO_OPTIONS: JobOptions = Object.freeze({});
