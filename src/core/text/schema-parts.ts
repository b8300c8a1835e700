/** Schema parts for the values of a job or a policy, and the error messages for wrong values. */
import * as v from "valibot";
import { UsageError } from "../errors.js";

export const text = v.pipe(
  v.string("must be a string"),
  v.check((s) => !s.includes("\0"), "contains a NUL character, which no command line can hold"),
  v.check((s) => !/\p{Surrogate}/u.test(s), "contains half of a surrogate pair, which is no character"),
);
export const integer = (min: number, max: number) =>
  v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );
export const duration = v.union([v.number(), v.string()], "must be a duration: seconds, or a text such as 90s or 5m");

function shownValue({ input, received }: v.BaseIssue<unknown>): string {
  // For a list, valibot reports its length.
  if (typeof input === "string" || Array.isArray(input)) return JSON.stringify(input);
  return typeof input === "object" && input !== null ? "an object" : received;
}

/** The issue as an error message for the user. */
export function explain(issue: v.BaseIssue<unknown>): UsageError {
  const path = (issue.path ?? []).map((item) => String(item.key));
  if (issue.received === "undefined")
    return new UsageError(`${JSON.stringify(path.join("."))} is missing`, `for example {"command":"echo hi"}`);
  const value = shownValue(issue);
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return new UsageError(`${JSON.stringify(path.join("."))} is ${shown}: it ${issue.message}`);
}
