/**
 * What a `where` expression means: comparisons of a job's fields, joined by and, or and not. A comparison is true or
 * false, never unknown. A field without a value (the exit code of a job that has not run) equals nothing, is neither
 * less nor greater than anything, and contains nothing. So `!=` and `!~` hold for it.
 */

/** Each field and its kind. The kind decides what the field can be compared with, and how. */
export const FIELDS = {
  state: "state",
  queue: "text",
  tag: "text",
  id: "text",
  command: "text",
  priority: "number",
  attempts: "number",
  max_retries: "number",
  exit_code: "number",
  signal: "text",
  last_error: "text",
  schedule: "text",
  limit_key: "text",
  unique: "text",
  policy: "text",
  duration: "duration",
  age: "duration",
  updated: "duration",
  created_at: "time",
  updated_at: "time",
  run_at: "time",
  started_at: "time",
  finished_at: "time",
} as const;

export type Field = keyof typeof FIELDS;
export type FieldKind = (typeof FIELDS)[Field];

const ORDERED = ["=", "!=", "<", "<=", ">", ">="] as const;

/** `~` means "contains". */
export const OPERATORS = [...ORDERED, "~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

export const OPERATORS_OF: Readonly<Record<FieldKind, readonly Operator[]>> = {
  state: ["=", "!="],
  text: ["=", "!=", "~", "!~"],
  number: ORDERED,
  duration: ORDERED,
  time: ORDERED,
};

export interface Comparison {
  readonly kind: "compare";
  readonly field: Field;
  readonly operator: Operator;
  /** A text, a number, or milliseconds (a duration, or a time since the epoch). */
  readonly value: string | number;
}

/** An `and` has at least two parts and no `and` directly among them; the same for `or`. */
export type Condition =
  | Comparison
  | { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition };

/** The conjunction of one or more conditions. */
export function allOf(conditions: readonly Condition[]): Condition {
  const [only, ...others] = conditions.flatMap((condition) =>
    condition.kind === "and" ? condition.parts : [condition],
  );
  if (only === undefined) throw new Error("a condition of nothing");
  return others.length === 0 ? only : { kind: "and", parts: [only, ...others] };
}

/** Whether the condition refers to the field. */
export function mentions(condition: Condition, field: Field): boolean {
  if (condition.kind === "compare") return condition.field === field;
  if (condition.kind === "not") return mentions(condition.part, field);
  return condition.parts.some((part) => mentions(part, field));
}
