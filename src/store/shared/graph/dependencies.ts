/**
 * Jobs that wait for jobs. If a job ends, is deleted or is revived, the jobs that wait for it are moved in the same
 * transaction. So there is no moment, and no crash, after which a job waits for an end that cannot come.
 */
import type { Edge } from "../../contract/store.js";
import { CycleError, UnknownParentError } from "../../errors.js";
import type { Writing } from "../connection.js";
import { enqueueHooks } from "../enqueue-hooks.js";
import { findCycle } from "./cycle.js";

/** Most edges of one statement. */
const CHUNK_SIZE = 2000;

/**
 * Has the jobs that were just inserted wait.
 * @param haveHeirs whether some of them have taken the places of other jobs, and so inherited the jobs that wait for
 * these
 * @throws UnknownParentError @throws CycleError
 */
export async function connect(writing: Writing, edges: readonly Edge[], haveHeirs: boolean): Promise<void> {
  if (edges.length === 0) return;
  const { db } = writing;
  const sql = writing.sql.dependencies;
  const children: number[] = [];
  for (let from = 0; from < edges.length; from += CHUNK_SIZE) {
    const chunk = edges.slice(from, from + CHUNK_SIZE);
    const unknown = await sql.firstUnknownParent.first(db, { parents: chunk.map(({ parent }) => parent) });
    if (unknown !== undefined) throw new UnknownParentError(unknown.parent, chunk[unknown.position]?.position ?? 0);
    await sql.add.run(db, { edges: chunk.map(({ child, parent, when }) => [child, parent, when] as const) });
    const blocked = await sql.markBlocked.all(db, { ids: chunk.map(({ child }) => child) });
    children.push(...blocked.map(({ seq }) => seq));
  }
  // No stored job can wait for a new job, unless the new one replaces an old one.
  const waiting = [...new Set(edges.map(({ child }) => child))];
  const cycle = findCycle(haveHeirs ? await sql.waitingEdges.all(db, { ids: waiting }) : edges);
  if (cycle !== null) {
    throw new CycleError(cycle, edges.find(({ child }) => cycle.includes(child))?.position ?? 0);
  }
  await resolveParentsOf(writing, edges);
  await move(writing, children);
}

/** Blocks revived jobs again, until {@link move} moves the ones whose parents have ended meanwhile. */
export async function blockUntilEnd(writing: Writing, edges: readonly Pick<Edge, "child" | "parent">[]): Promise<void> {
  const { db, sql } = writing;
  for (let from = 0; from < edges.length; from += CHUNK_SIZE) {
    const ids = edges.slice(from, from + CHUNK_SIZE).map(({ child }) => child);
    await sql.dependencies.markBlocked.all(db, { ids });
  }
  await resolveParentsOf(writing, edges);
}

/** These jobs have ended, or are deleted. */
export async function afterEnd(writing: Writing, ids: readonly string[]): Promise<void> {
  const { isWaitedFor } = writing.sql.dependencies;
  let parents = ids;
  while (parents.length > 0) {
    if ((await isWaitedFor.first(writing.db, { parents })) === undefined) return;
    const children = await resolveDependencies(writing, parents);
    parents = await bury(writing, await unblock(writing, [...new Set(children.map(({ child }) => child))]));
  }
}

/**
 * These jobs ended because others replace them: the children of the first of a pair wait for the second from now on.
 */
export async function afterReplacement(writing: Writing, pairs: readonly (readonly [string, string])[]): Promise<void> {
  if (pairs.length === 0) return;
  const { db } = writing;
  const sql = writing.sql.dependencies;
  const replaced = pairs.map(([id]) => id);
  if ((await sql.isWaitedFor.first(db, { parents: replaced })) === undefined) return;
  await sql.handOver.run(db, { pairs });
  await sql.dropHandedOver.run(db, { pairs });
  await afterEnd(writing, replaced);
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
export async function afterRevival(writing: Writing, ids: readonly string[]): Promise<RevivedDependents> {
  const { db, now } = writing;
  const sql = writing.sql.dependencies;
  const blocked: string[] = [];
  const keptDead: { id: string; holder: string | null }[] = [];
  const origins = new Map<string, string>();
  let parents = ids;
  while (parents.length > 0) {
    const reset = await sql.reset.all(db, { parents });
    if (reset.length === 0) break;
    const children = [...new Set(reset.map(({ child }) => child))];
    const back = await sql.blockAgain.all(db, { children, now });
    const edges = back.length === 0 ? [] : await sql.parentsOf.all(db, { children: back.map(({ seq }) => seq) });
    const above = new Set(parents);
    for (const { child, parent } of edges) if (above.has(parent)) origins.set(child, origins.get(parent) ?? parent);
    parents = back.map(({ id }) => id);
    for (const id of parents) blocked.push(id);
    for (const job of await sql.keptDead.all(db, { children })) keptDead.push(job);
  }
  return { blocked, origins, keptDead };
}

async function resolveParentsOf(writing: Writing, edges: readonly Pick<Edge, "parent">[]): Promise<void> {
  await resolveDependencies(writing, [...new Set(edges.map(({ parent }) => parent))]);
}

async function resolveDependencies({ db, sql }: Writing, parents: readonly string[]): Promise<{ child: number }[]> {
  await sql.dependencies.inheritParents.run(db, { parents });
  return sql.dependencies.resolve.all(db, { parents });
}

/** Moves the children whose dependencies are all met, or can no longer be met. */
export async function move(writing: Writing, children: readonly number[]): Promise<void> {
  await afterEnd(writing, await bury(writing, await unblock(writing, children)));
}

async function unblock({ db, sql, now }: Writing, children: readonly number[]): Promise<readonly number[]> {
  if (children.length > 0) await sql.dependencies.unblock.run(db, { children, now });
  return children;
}

/** Resolves to the ids of the jobs that died. */
async function bury(writing: Writing, children: readonly number[]): Promise<string[]> {
  const { db, now } = writing;
  if (children.length === 0) return [];
  const dead = await writing.sql.dependencies.bury.all(db, { children, now });
  await enqueueHooks(writing, dead);
  return dead.map(({ id }) => id);
}
