/** Finds cycles of dependencies. Pure. */

interface Edge {
  readonly child: string;
  readonly parent: string;
}

/** The jobs of one cycle, each waiting for the next, and the first one again at the end. Null: there is no cycle. */
export function findCycle(edges: readonly Edge[]): string[] | null {
  const parentsOf = new Map<string, string[]>();
  for (const { child, parent } of edges) {
    const parents = parentsOf.get(child);
    if (parents === undefined) parentsOf.set(child, [parent]);
    else parents.push(parent);
  }
  // A job without parents in here cannot be in a cycle, and neither can a job that waits only for such jobs. The rest
  // wait for each other.
  const rest = remaining(edges, parentsOf);
  const [start] = rest;
  if (start === undefined) return null;
  const path: string[] = [];
  for (let job = start; ; ) {
    const seen = path.indexOf(job);
    if (seen >= 0) return [...path.slice(seen), job];
    path.push(job);
    job = parentsOf.get(job)?.find((parent) => rest.has(parent)) as string;
  }
}

function remaining(edges: readonly Edge[], parentsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const childrenOf = new Map<string, string[]>();
  const waitsFor = new Map<string, number>();
  for (const { child, parent } of edges) {
    const children = childrenOf.get(parent);
    if (children === undefined) childrenOf.set(parent, [child]);
    else children.push(child);
    waitsFor.set(child, (waitsFor.get(child) ?? 0) + 1);
  }
  const free = [...childrenOf.keys()].filter((job) => !parentsOf.has(job));
  for (let job = free.pop(); job !== undefined; job = free.pop()) {
    for (const child of childrenOf.get(job) ?? []) {
      const left = (waitsFor.get(child) ?? 0) - 1;
      waitsFor.set(child, left);
      if (left === 0) free.push(child);
    }
  }
  return new Set([...waitsFor].filter(([, left]) => left > 0).map(([job]) => job));
}
