/**
 * What users of other queues type here from habit, and what it is called here. These tables are asked before spelling:
 * the nearest known word may name something unrelated, or the opposite.
 *
 * A habit with one clear meaning is taken as if that had been typed. If it has several, or deletes something, its user
 * gets the forms to type.
 */

/** A form to type, without `queuectl`, and its purpose: `stop the workers`. */
export type Form = readonly [purpose: string, form: string];

export type Habit =
  /** Words to take in its place. Empty: it asks for what happens anyway. */
  { readonly means: string } | { readonly type: readonly Form[] };

/** The hint of an error: `to stop the workers: queuectl worker stop; to …`. */
export function formsHint(forms: readonly Form[]): string {
  return forms.map(([purpose, form]) => `to ${purpose}: queuectl ${form}`).join("; ");
}

/** Theirs as lists with commas, by ours. */
export type Names = Readonly<Record<string, string>>;

/** Theirs as lists with commas, each with the forms to type. */
export type Advice = readonly (readonly [theirs: string, ...forms: readonly Form[]])[];

/** By the words typed. */
export function habits(names: Names, advice: Advice = []): ReadonlyMap<string, Habit> {
  const same = Object.entries(names).flatMap(([means, theirs]) =>
    split(theirs).map((one) => [one, { means }] as const),
  );
  const other = advice.flatMap(([theirs, ...type]) => split(theirs).map((one) => [one, { type }] as const));
  return new Map<string, Habit>([...same, ...other]);
}

function split(list: string): string[] {
  return list.split(",").map((one) => one.trim().replace(/\s+/g, " "));
}
