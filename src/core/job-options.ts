import type { Hook } from "./hook.js";

/**
 * What few jobs ask for, kept together: no statement of the store looks into it, so it is one value there, and nothing at
 * all for most jobs. Only the trigger of migration 0008 reads `hooks`.
 */
export interface JobOptions {
  readonly hooks?: readonly Hook[];
  readonly retry?: {
    /** Exit codes after which it is not tried again. */
    readonly noRetryOn?: readonly number[];
  };
  /** The schedule that enqueued it, and the tick that it is for. */
  readonly schedule?: { readonly name: string; readonly at: number };
}

export const NO_OPTIONS: JobOptions = Object.freeze({});
