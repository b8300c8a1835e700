/** Puts jobs in an order in which each comes after those that it waits for. Pure; jobs are their numbers. */

export interface NumberedEdge {
  readonly child: number;
  readonly parent: number;
}

/**
 * Otherwise in the order of `jobs`. An edge may lead through a job that is none of them, which has no place in the answer; one
 * that closes a cycle is as good as none.
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

/** Whoever has not been seen of the job and all above it, parents first. A path and no recursion: it may be long. */
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
