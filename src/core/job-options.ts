/**
 * What few jobs ask for, kept together: no statement of the store looks into it, so it is one value there, and nothing at
 * all for most jobs.
 */
export interface JobOptions {
  /** The schedule that enqueued it, and the tick that it is for. */
  readonly schedule?: { readonly name: string; readonly at: number };
}

export const NO_OPTIONS: JobOptions = Object.freeze({});
