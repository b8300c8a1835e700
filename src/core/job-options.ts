/**
 * What few jobs ask for, kept together: no statement of the store looks into it, so it is one value there, and nothing at
 * all for most jobs.
 */
export type JobOptions = Readonly<Record<string, never>>;

export const NO_OPTIONS: JobOptions = Object.freeze({});
