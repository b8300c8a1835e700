/** Redirects dependencies on jobs of a call that were skipped or replaced to the jobs that stand for them. Pure. */
import type { Verdict } from "../job/admission.js";
import { distinctEdges, type Edge } from "./dependency.js";

export interface Skipped {
  readonly id: string;
  /** The job that holds its unique key. */
  readonly holder: string;
  /** Index in the call, from 0. */
  readonly position: number;
}

export class ParentRedirects {
  readonly #skipped: Skipped[] = [];
  readonly #holders = new Map<string, string>();
  readonly #replacements = new Map<string, string>();

  /** In the order of the call. */
  get skipped(): readonly Skipped[] {
    return this.#skipped;
  }

  get hasReplaced(): boolean {
    return this.#replacements.size > 0;
  }

  get isEmpty(): boolean {
    return this.#holders.size === 0 && !this.hasReplaced;
  }

  /** @param isOfCall whether another job of the call has the skipped job's id */
  note(verdict: Verdict, position: number, isOfCall: boolean): void {
    const { id } = verdict;
    if (verdict.kind === "skipped") {
      this.#skipped.push({ id, holder: verdict.holder, position });
      if (!isOfCall && verdict.holder !== id) this.#holders.set(id, verdict.holder);
      return;
    }
    this.#holders.delete(id);
    this.#replacements.delete(id);
    if (verdict.replaces !== null) this.#replacements.set(verdict.replaces, id);
  }

  /** The edges to store, without those of skipped jobs. @throws UsageError if two edges now contradict each other */
  redirect(edges: readonly Edge[]): readonly Edge[] {
    if (this.#skipped.length === 0 && this.isEmpty) return edges;
    const skipped = new Set(this.#skipped.map(({ position }) => position));
    return distinctEdges(
      edges
        .filter(({ position }) => !skipped.has(position))
        .map((edge) => ({ ...edge, parent: this.#inPlaceOf(edge.parent, edge.child) })),
    );
  }

  /** A job that waits for the job it replaces keeps waiting for exactly that job. */
  #inPlaceOf(parent: string, child: string): string {
    const meant = this.#holders.get(parent) ?? parent;
    let last = meant;
    for (let next = this.#replacements.get(last); next !== undefined; next = this.#replacements.get(last)) {
      if (next === child) return meant;
      last = next;
    }
    return last;
  }
}
