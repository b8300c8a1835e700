/** Dependencies: a job waits until another job ends in a certain way. */
import { UsageError } from "../errors.js";

/** `ok`: the parent completed. `fail`: it ended in any other way. `any`: it ended. */
export const DEPENDENCY_CONDITIONS = ["ok", "fail", "any"] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

export interface Dependency {
  /** An id, or the `ref` of a job in the same call. */
  readonly job: string;
  readonly when: DependencyCondition;
}

/** A new job (`child`) and the job that it waits for (`parent`). */
export interface Edge {
  readonly child: string;
  readonly parent: string;
  readonly when: DependencyCondition;
  /** Index of the child in its call, from 0. */
  readonly position: number;
}

/** The jobs of a call refer to each other in an impossible way. */
export class GraphError extends UsageError {
  override readonly name: string = "GraphError";

  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * The edges without duplicates.
 * @param nameOf the parent's name in the call, for errors
 * @throws GraphError if a job waits for the same parent under two conditions
 */
export function distinctEdges(edges: readonly Edge[], nameOf = (parent: string) => parent): Edge[] {
  const distinct = new Map<string, Edge>();
  for (const edge of edges) {
    const { child, parent, when, position } = edge;
    const same = distinct.get(`${child} ${parent}`);
    if (same !== undefined && same.when !== when) {
      throw new GraphError(
        `the job is to run after ${nameOf(parent)} under two conditions: ${same.when} and ${when}`,
        position,
      );
    }
    distinct.set(`${child} ${parent}`, edge);
  }
  return [...distinct.values()];
}

/** State of a dependency: met, unmet, or waiting while its parent has not ended. */
export type DependencyStatus = "waiting" | "met" | "unmet";

type Written = string | { readonly job: string; readonly when?: DependencyCondition | undefined };

/** Reads `ID`, `ID:fail` and so on. @throws UsageError */
export function parseDependencies(after: Written | readonly Written[]): Dependency[] {
  const list = Array.isArray(after) ? after : [after as Written];
  return list.map((written: Written) => {
    if (typeof written !== "string") return named(written.job, written.when ?? "ok");
    const [, job, when] = /^(.*):(ok|fail|any)$/s.exec(written) ?? [];
    return named(job ?? written, (when as DependencyCondition | undefined) ?? "ok");
  });
}

function named(job: string, when: DependencyCondition): Dependency {
  if (job !== "") return { job, when };
  throw new UsageError('"after" names no job', 'for example "after":["job1"] or "after":["job1:fail"]');
}
