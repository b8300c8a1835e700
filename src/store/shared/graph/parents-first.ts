/** Orders jobs so that each comes after its parents. Pure; jobs are their numbers. */

export interface NumberedEdge {
  readonly child: number;
  readonly parent: number;
}

/**
 * Otherwise in the order of `jobs`. An edge may lead through a job outside of them, which does not appear in the
 * answer. An edge that closes a cycle is ignored.
 */
export function parentsFirst(jobs: readonly number[], edges: readonly NumberedEdge[]): number[] {
  const parentsOf = new Map<number, number[]>();
  for (const { child, parent } of edges) {
    for (const job of [child, parent]) if (!parentsOf.has(job)) parentsOf.set(job, []);
    parentsOf.get(child)?.push(parent);
  }
  const asked = new Set(jobs.filter((job) => parentsOf.has(job)));
  const seen = new Set<number>();
  const order: number[] = [];
  for (const job of jobs) {
    if (!asked.has(job)) order.push(job);
    else if (!seen.has(job)) for (const next of upwards(job, parentsOf, seen)) if (asked.has(next)) order.push(next);
  }
  return order;
}

/**
 * The unseen jobs among this job and all above it, parents first. Keeps a path instead of recursing, since the path may
 * be long.
 */
function* upwards(job: number, parentsOf: ReadonlyMap<number, number[]>, seen: Set<number>): Generator<number> {
  const path = [job];
  seen.add(job);
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const parent = parentsOf.get(last)?.pop();
    if (parent === undefined) {
      path.pop();
      yield last;
    } else if (!seen.has(parent)) {
      seen.add(parent);
      path.push(parent);
    }
  }
}
