/**
 * Jobs that wait for jobs. If a job ends, is deleted or is revived, the jobs that wait for it are moved in the same
 * transaction. So there is no moment, and no crash, after which a job waits for an end that cannot come.
 */
import type { Edge } from "../../contract/store.js";
import { CycleError, UnknownParentError } from "../../errors.js";
import type { Writing } from "../connection.js";
import { enqueueHooks } from "../enqueue-hooks.js";
import type { Work } from "../work.js";
import { findCycle } from "./cycle.js";

/** Most edges of one statement. */
const CHUNK_SIZE = 2000;

/**
 * Has the jobs that were just inserted wait.
 * @param haveHeirs whether some of them have taken the places of other jobs, and so inherited the jobs that wait for
 * these
 * @throws UnknownParentError @throws CycleError
 */
export function* connect(writing: Writing, edges: readonly Edge[], haveHeirs: boolean): Work<void> {
  if (edges.length === 0) return;
  const sql = writing.sql.dependencies;
  const children: number[] = [];
  for (let from = 0; from < edges.length; from += CHUNK_SIZE) {
    const chunk = edges.slice(from, from + CHUNK_SIZE);
    const unknown = yield* sql.firstUnknownParent.first({ parents: chunk.map(({ parent }) => parent) });
    if (unknown !== undefined) throw new UnknownParentError(unknown.parent, chunk[unknown.position]?.position ?? 0);
    yield* sql.add.run({ edges: chunk.map(({ child, parent, when }) => [child, parent, when] as const) });
    const blocked = yield* sql.markBlocked.all({ ids: chunk.map(({ child }) => child) });
    children.push(...blocked.map(({ seq }) => seq));
  }
  // No stored job can wait for a new job, unless the new one replaces an old one.
  const waiting = [...new Set(edges.map(({ child }) => child))];
  const cycle = findCycle(haveHeirs ? yield* sql.waitingEdges.all({ ids: waiting }) : edges);
  if (cycle !== null) {
    throw new CycleError(cycle, edges.find(({ child }) => cycle.includes(child))?.position ?? 0);
  }
  yield* resolveParentsOf(writing, edges);
  yield* move(writing, children);
}

/** Blocks revived jobs again, until {@link move} moves the ones whose parents have ended meanwhile. */
export function* blockUntilEnd(writing: Writing, edges: readonly Pick<Edge, "child" | "parent">[]): Work<void> {
  const { sql } = writing;
  for (let from = 0; from < edges.length; from += CHUNK_SIZE) {
    const ids = edges.slice(from, from + CHUNK_SIZE).map(({ child }) => child);
    yield* sql.dependencies.markBlocked.all({ ids });
  }
  yield* resolveParentsOf(writing, edges);
}

/** These jobs have ended, or are deleted. */
export function* afterEnd(writing: Writing, ids: readonly string[]): Work<void> {
  const { isWaitedFor } = writing.sql.dependencies;
  let parents = ids;
  while (parents.length > 0) {
    if ((yield* isWaitedFor.first({ parents })) === undefined) return;
    const children = yield* resolveDependencies(writing, parents);
    parents = yield* bury(writing, yield* unblock(writing, [...new Set(children.map(({ child }) => child))]));
  }
}

/**
 * These jobs ended because others replace them: the children of the first of a pair wait for the second from now on.
 */
export function* afterReplacement(writing: Writing, pairs: readonly (readonly [string, string])[]): Work<void> {
  if (pairs.length === 0) return;
  const sql = writing.sql.dependencies;
  const replaced = pairs.map(([id]) => id);
  if ((yield* sql.isWaitedFor.first({ parents: replaced })) === undefined) return;
  yield* sql.handOver.run({ pairs });
  yield* sql.dropHandedOver.run({ pairs });
  yield* afterEnd(writing, replaced);
}

/** What the revival of jobs does to the children that died because of them. */
export interface RevivedDependents {
  /** Children that wait again. */
  readonly blocked: readonly string[];
  /** Each of them with the revived job that it goes back to. */
  readonly origins: ReadonlyMap<string, string>;
  /** Children that stay dead, because another job holds their unique key. */
  readonly keptDead: readonly { readonly id: string; readonly holder: string | null }[];
}

/** These jobs will run again. */
export function* afterRevival(writing: Writing, ids: readonly string[]): Work<RevivedDependents> {
  const { now } = writing;
  const sql = writing.sql.dependencies;
  const blocked: string[] = [];
  const keptDead: { id: string; holder: string | null }[] = [];
  const origins = new Map<string, string>();
  let parents = ids;
  while (parents.length > 0) {
    const reset = yield* sql.reset.all({ parents });
    if (reset.length === 0) break;
    const children = [...new Set(reset.map(({ child }) => child))];
    const back = yield* sql.blockAgain.all({ children, now });
    const edges = back.length === 0 ? [] : yield* sql.parentsOf.all({ children: back.map(({ seq }) => seq) });
    const above = new Set(parents);
    for (const { child, parent } of edges) if (above.has(parent)) origins.set(child, origins.get(parent) ?? parent);
    parents = back.map(({ id }) => id);
    for (const id of parents) blocked.push(id);
    for (const job of yield* sql.keptDead.all({ children })) keptDead.push(job);
  }
  return { blocked, origins, keptDead };
}

function* resolveParentsOf(writing: Writing, edges: readonly Pick<Edge, "parent">[]): Work<void> {
  yield* resolveDependencies(writing, [...new Set(edges.map(({ parent }) => parent))]);
}

function* resolveDependencies({ sql }: Writing, parents: readonly string[]): Work<{ child: number }[]> {
  yield* sql.dependencies.inheritParents.run({ parents });
  return yield* sql.dependencies.resolve.all({ parents });
}

/** Moves the children whose dependencies are all met, or can no longer be met. */
export function* move(writing: Writing, children: readonly number[]): Work<void> {
  yield* afterEnd(writing, yield* bury(writing, yield* unblock(writing, children)));
}

function* unblock({ sql, now }: Writing, children: readonly number[]): Work<readonly number[]> {
  if (children.length > 0) yield* sql.dependencies.unblock.run({ children, now });
  return children;
}

/** Results in the ids of the jobs that died. */
function* bury(writing: Writing, children: readonly number[]): Work<string[]> {
  const { now } = writing;
  if (children.length === 0) return [];
  const dead = yield* writing.sql.dependencies.bury.all({ children, now });
  yield* enqueueHooks(writing, dead);
  return dead.map(({ id }) => id);
}
