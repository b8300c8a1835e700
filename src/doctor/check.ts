/** The result of one check of the doctor. */

export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  /** The finding, with its value. */
  readonly message: string;
  /** The remedy. */
  readonly hint?: string;
  /** The queue cannot be used until this is mended. */
  readonly unusable?: true;
}

export function ok(name: string, message: string): Check {
  return { name, status: "ok", message };
}

export function warning(name: string, message: string, hint: string): Check {
  return { name, status: "warning", message, hint };
}

export function problem(name: string, message: string, hint: string): Check {
  return { name, status: "problem", message, hint };
}

export function unusable(name: string, message: string, hint: string): Check {
  return { ...problem(name, message, hint), unusable: true };
}

/** What is found of a database. */
export interface Examined {
  readonly checks: readonly Check[];
  /** Whether the store can be opened without a change. */
  readonly usable: boolean;
}
