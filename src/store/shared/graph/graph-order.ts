/**
 * The order in which jobs are changed, some at a time, if some of them wait for each other. What is read and kept for
 * that grows with the edges between them, and not with the number of jobs.
 */
import type { JobState } from "../../../core/job/state.js";
import type { GraphOrder } from "../../contract/store.js";
import type { Reading } from "../connection.js";
import type { EdgeRow } from "../statements/dependencies.js";
import type { Work } from "../work.js";
import type { Search } from "./narrow.js";
import { type NumberedEdge, parentsFirst } from "./parents-first.js";

/** Number of jobs whose edges one statement reads. */
const CHUNK_SIZE = 1000;

/** @param found by `search`, in its order */
export function* inGraphOrder(
  reading: Reading,
  found: readonly number[],
  search: Search,
  order: GraphOrder,
): Work<number[]> {
  if (order === "parents-first") return parentsFirst(found, yield* edgesAmong(reading, found));
  // Only a blocked job can be started or buried by the end of another one.
  const isBlocked = yield* inState(reading, search, "blocked");
  const runs = yield* inState(reading, search, "processing");
  const blocked = found.filter((seq) => isBlocked.has(seq));
  const children = parentsFirst(blocked, yield* edgesAmong(reading, blocked)).reverse();
  const others = found.filter((seq) => !isBlocked.has(seq) && !runs.has(seq));
  const running = found.filter((seq) => runs.has(seq) && !isBlocked.has(seq));
  return [...children, ...others, ...running];
}

function* inState({ sql }: Reading, search: Search, state: JobState): Work<ReadonlySet<number>> {
  const { states, ...others } = search;
  if (states !== undefined && !states.includes(state)) return new Set();
  return new Set(yield* sql.lists.seqs({ ...others, states: [state] }));
}

/** Who waits for whom, also through other jobs that move together with their parents. */
function* edgesAmong(reading: Reading, jobs: readonly number[]): Work<NumberedEdge[]> {
  const edges: NumberedEdge[] = [];
  const read = new Set<number>();
  for (let children = jobs; children.length > 0; ) {
    const found = yield* edgesAbove(reading, children);
    const parents = new Set(found.map(({ parent }) => parent));
    for (const job of jobs) if (parents.has(job)) read.add(job);
    const between = new Set(
      found.filter(({ parent, moves }) => moves && !read.has(parent)).map(({ parent }) => parent),
    );
    for (const edge of found) if (read.has(edge.parent) || between.has(edge.parent)) edges.push(edge);
    for (const job of between) read.add(job);
    children = [...between];
  }
  return edges;
}

function* edgesAbove({ sql }: Reading, children: readonly number[]): Work<EdgeRow[]> {
  const edges: EdgeRow[] = [];
  for (let from = 0; from < children.length; from += CHUNK_SIZE) {
    const chunk = children.slice(from, from + CHUNK_SIZE);
    for (const edge of yield* sql.dependencies.edgesOf.all({ children: chunk })) edges.push(edge);
  }
  return edges;
}
