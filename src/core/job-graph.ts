/**
 * Who waits for whom among the jobs of one call. A job may name another one of the call that comes later, so names are looked
 * up when all have been seen: first among the `ref`s and ids of the call, then among the jobs that there are.
 */
import type { Dependency, Edge } from "./dependency.js";
import { UsageError } from "./errors.js";
import type { PreparedJob } from "./job-spec.js";

/** Of a longer call only `ref`s are remembered, so that memory does not grow with it; other names must be exact ids then. */
const REMEMBERED_IDS = 1000;

interface Wish extends Dependency {
  readonly child: string;
  readonly position: number;
}

export class JobGraph {
  readonly #refs = new Map<string, string>();
  readonly #ids = new Set<string>();
  readonly #wishes: Wish[] = [];
  #size = 0;

  /** @throws UsageError its `ref` is another job's as well */
  add(job: Pick<PreparedJob, "id" | "ref" | "after">): void {
    const position = this.#size++;
    if (this.#size <= REMEMBERED_IDS) this.#ids.add(job.id);
    if (job.ref !== null) {
      if (this.#refs.has(job.ref)) throw new UsageError(`the ref ${JSON.stringify(job.ref)} occurs twice in this call`);
      this.#refs.set(job.ref, job.id);
    }
    for (const { job: name, when } of job.after) this.#wishes.push({ child: job.id, job: name, when, position });
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

  /**
   * @param find the id that a name means which is none of this call; null if the name is to be taken as it is
   */
  async edges(find: (name: string, position: number) => Promise<string | null>): Promise<Edge[]> {
    const found = new Map<string, string>();
    const edges = new Map<string, Edge>();
    for (const { child, job: name, when, position } of this.#wishes) {
      const parent = this.#refs.get(name) ?? found.get(name) ?? (await this.#lookUp(name, position, find));
      found.set(name, parent);
      const same = edges.get(`${child} ${parent}`);
      if (same !== undefined && same.when !== when) {
        throw new UsageError(`job ${child} is to run after ${name} in two ways: ${same.when} and ${when}`);
      }
      edges.set(`${child} ${parent}`, { child, parent, when, position });
    }
    return [...edges.values()];
  }

  /** As whoever wrote the call knows the job. */
  nameOf(id: string): string {
    for (const [ref, named] of this.#refs) if (named === id) return ref;
    return id;
  }

  async #lookUp(name: string, position: number, find: (name: string, position: number) => Promise<string | null>) {
    if (this.#ids.has(name)) return name;
    return (this.#size <= REMEMBERED_IDS ? await find(name, position) : null) ?? name;
  }
}
