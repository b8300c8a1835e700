/**
 * Moves the conditions that a `where` always demands of state, queue and tag into the filter's own fields, which choose
 * the index: `state=dead and age<1h` becomes the list of the dead, filtered by age. All other conditions stay in the
 * `where`.
 */
import type { JobState } from "../../../core/job/state.js";
import type { Condition } from "../../../core/where/condition.js";
import type { JobFilter } from "../../contract/store.js";

/** A filter at a moment, from which ages count. */
export type Search = JobFilter & { readonly now: number };

export function narrow({ where, ...filter }: Search): Search {
  let { states, queue, tags = [] } = filter;
  const left: Condition[] = [];
  for (const part of demands(where)) {
    const { field, value } = part.kind === "compare" && part.operator === "=" ? part : { field: null, value: null };
    if (field === "state") states = (states ?? [value as JobState]).filter((state) => state === value);
    else if (field === "queue" && queue === undefined) queue = String(value);
    else if (field === "tag") tags = [...tags, String(value)];
    else left.push(part);
  }
  return {
    ...filter,
    tags,
    ...(states === undefined ? {} : { states }),
    ...(queue === undefined ? {} : { queue }),
    ...(left.length === 0 ? {} : { where: joined(left) }),
  };
}

function demands(where: Condition | undefined): readonly Condition[] {
  if (where === undefined) return [];
  return where.kind === "and" ? where.parts : [where];
}

function joined(parts: readonly Condition[]): Condition {
  return parts.length === 1 ? (parts[0] as Condition) : { kind: "and", parts };
}

/** Whether the counts by queue and state tell how many jobs a narrowed search finds. */
export function isCounted({ states, tags = [], where, limit, unacknowledged = false }: Search): boolean {
  const onlyDead = states?.length === 1 && states[0] === "dead";
  return tags.length === 0 && where === undefined && limit === undefined && (!unacknowledged || onlyDead);
}
