/** What one look of the doctor comes to. */

export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  /** What is so, with its value. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Nothing can be done with this queue while it is so. */
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
