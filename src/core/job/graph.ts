/**
 * Who waits for whom among the jobs of one call. A job may name another one of the call that comes later, so names are looked
 * up when all have been seen: first among the `ref`s and ids of the call, then among the jobs that there are.
 */
import { type Dependency, distinctEdges, type Edge, GraphError } from "./dependency.js";
import type { PreparedJob } from "./spec.js";

interface WantedDependency extends Dependency {
  readonly child: string;
  readonly position: number;
}

/** What a job graph has to be told of jobs that are not in it. */
export interface Names {
  /** Which of these are ids, of a job of the call or of another one. */
  ids(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** The id that any other name means, of the job at `position`. */
  find(name: string, position: number): Promise<string>;
}

export class JobGraph {
  readonly #refs = new Map<string, string>();
  readonly #wanted: WantedDependency[] = [];
  #size = 0;

  /** @throws GraphError its `ref` is another job's as well */
  add(job: Pick<PreparedJob, "id" | "ref" | "after">): void {
    const position = this.#size++;
    if (job.ref !== null) {
      if (this.#refs.has(job.ref))
        throw new GraphError(`the ref ${JSON.stringify(job.ref)} occurs twice in this call`, position);
      this.#refs.set(job.ref, job.id);
    }
    for (const { job: name, when } of job.after) this.#wanted.push({ child: job.id, job: name, when, position });
  }

  /** As {@link add}, for what passes by. */
  async *watch(
    batches: Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>,
  ): AsyncGenerator<readonly PreparedJob[]> {
    for await (const batch of batches) {
      for (const job of batch) this.add(job);
      yield batch;
    }
  }

  /** @throws GraphError a job waits for another one in two ways */
  async edges(names: Names): Promise<Edge[]> {
    const found = await this.#found(names);
    const edges = this.#wanted.map(({ child, job: name, when, position }) => {
      return { child, parent: found.get(name) ?? name, when, position };
    });
    return distinctEdges(edges, (id) => this.nameOf(id));
  }

  /** As whoever wrote the call knows the job. */
  nameOf(id: string): string {
    for (const [ref, named] of this.#refs) if (named === id) return ref;
    return id;
  }

  /** The ids behind all names that are none. */
  async #found(names: Names): Promise<Map<string, string>> {
    const found = new Map(this.#refs);
    const others = new Map<string, number>();
    for (const { job: name, position } of this.#wanted) {
      if (!found.has(name) && !others.has(name)) others.set(name, position);
    }
    if (others.size === 0) return found;
    const ids = await names.ids([...others.keys()]);
    for (const [name, position] of others) if (!ids.has(name)) found.set(name, await names.find(name, position));
    return found;
  }
}
