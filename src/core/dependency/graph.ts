/**
 * The dependencies among the jobs of one call. A job may name a later job of the call, so names are resolved when all
 * jobs are known: first among the call's `ref`s and ids, then among the stored jobs.
 */

import type { PreparedJob } from "../job/spec.js";
import { type Dependency, distinctEdges, type Edge, GraphError } from "./dependency.js";

interface WantedDependency extends Dependency {
  readonly child: string;
  readonly position: number;
}

/** Looks up jobs outside the graph. */
export interface Names {
  /** Which of the names are ids, in the call or in the store. */
  ids(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** The id behind any other name. `position`: the job that uses it, for errors. */
  find(name: string, position: number): Promise<string>;
}

export class JobGraph {
  readonly #refs = new Map<string, string>();
  readonly #wanted: WantedDependency[] = [];
  #size = 0;

  /** @throws GraphError if another job has the same `ref` */
  add(job: Pick<PreparedJob, "id" | "ref" | "after">): void {
    const position = this.#size++;
    if (job.ref !== null) {
      if (this.#refs.has(job.ref))
        throw new GraphError(`the ref ${JSON.stringify(job.ref)} occurs twice in this call`, position);
      this.#refs.set(job.ref, job.id);
    }
    for (const { job: name, when } of job.after) this.#wanted.push({ child: job.id, job: name, when, position });
  }

  /** Adds each job of a stream and passes it on. */
  async *watch(
    batches: Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>,
  ): AsyncGenerator<readonly PreparedJob[]> {
    for await (const batch of batches) {
      for (const job of batch) this.add(job);
      yield batch;
    }
  }

  /** @throws GraphError if a job waits for the same parent under two conditions */
  async edges(names: Names): Promise<Edge[]> {
    const found = await this.#found(names);
    const edges = this.#wanted.map(({ child, job: name, when, position }) => {
      return { child, parent: found.get(name) ?? name, when, position };
    });
    return distinctEdges(edges, (id) => this.nameOf(id));
  }

  /** The job's name in the call: its `ref`, or else its id. */
  nameOf(id: string): string {
    for (const [ref, named] of this.#refs) if (named === id) return ref;
    return id;
  }

  /** The ids behind all names that are not ids themselves. */
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
