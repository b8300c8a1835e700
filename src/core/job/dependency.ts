/** What a job waits for: the end of another one, in a certain way. */
import { UsageError } from "../errors.js";

/** `ok`: it was completed; `fail`: it ended in any other way; `any`: it ended. */
export const DEPENDENCY_CONDITIONS = ["ok", "fail", "any"] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

export interface Dependency {
  /** An id, or the `ref` of a job of the same call. */
  readonly job: string;
  readonly when: DependencyCondition;
}

/** A new job, and one that it is to wait for. */
export interface Edge {
  readonly child: string;
  readonly parent: string;
  readonly when: DependencyCondition;
  /** Of the child in the call that enqueues it, from 0. */
  readonly position: number;
}

/** A job of a call names others in a way that makes no sense. */
export class GraphError extends UsageError {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * Each once.
 * @param nameOf a parent as whoever wrote the call knows it
 * @throws GraphError a job waits for another one in two ways
 */
export function distinctEdges(edges: readonly Edge[], nameOf = (parent: string) => parent): Edge[] {
  const distinct = new Map<string, Edge>();
  for (const edge of edges) {
    const { child, parent, when, position } = edge;
    const same = distinct.get(`${child} ${parent}`);
    if (same !== undefined && same.when !== when) {
      throw new GraphError(`the job is to run after ${nameOf(parent)} in two ways: ${same.when} and ${when}`, position);
    }
    distinct.set(`${child} ${parent}`, edge);
  }
  return [...distinct.values()];
}

/** What became of a dependency: it is met or not, or nobody knows yet. */
export type DependencyStatus = "waiting" | "met" | "unmet";

type Written = string | { readonly job: string; readonly when?: DependencyCondition | undefined };

/** `ID`, `ID:fail`, … @throws UsageError */
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
