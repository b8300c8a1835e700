/**
 * Jobs that wait for jobs. Whenever a job ends, is deleted or is revived, in whatever way, the ones that wait for it are moved in
 * the same transaction: so there is no moment, and no crash, after which one waits for something that cannot come.
 */

import type { Edge } from "../../contract/store.js";
import { CycleError, UnknownParentError } from "../../errors.js";
import type { Writing } from "../../sqlite/connection.js";
import type { Runner } from "../../sqlite/statement.js";
import * as sql from "../../sqlite/statements/dependencies-sql.js";
import { enqueueHooks } from "../end-hooks.js";
import { findCycle } from "./cycle.js";

/** How many edges one statement takes. */
const PIECE = 2000;

/**
 * Has the jobs that were just inserted wait.
 * @param haveHeirs whether some of them have taken the places of others, and with that those that wait for them
 * @throws UnknownParentError @throws CycleError
 */
export async function connect(writing: Writing, edges: readonly Edge[], haveHeirs: boolean): Promise<void> {
  if (edges.length === 0) return;
  const { db } = writing;
  const children: number[] = [];
  for (let from = 0; from < edges.length; from += PIECE) {
    const chunk = edges.slice(from, from + PIECE);
    const json = JSON.stringify(chunk.map(({ child, parent, when }) => [child, parent, when]));
    const unknown = await sql.firstUnknownParent.first(db, { edges: json });
    if (unknown !== undefined) throw new UnknownParentError(unknown.parent, chunk[unknown.place]?.position ?? 0);
    await sql.addEdges.run(db, { edges: json });
    children.push(...(await sql.markBlocked.all(db, { edges: json })).map(({ seq }) => seq));
  }
  // Nothing that was there before can wait for a new job, unless that takes the place of an old one.
  const waiting = JSON.stringify([...new Set(edges.map(({ child }) => child))]);
  const cycle = findCycle(haveHeirs ? await sql.waitingEdges.all(db, { children: waiting }) : edges);
  if (cycle !== null) {
    throw new CycleError(cycle, edges.find(({ child }) => cycle.includes(child))?.position ?? 0);
  }
  await judgeParents(db, edges);
  await move(writing, children);
}

/** Has revived jobs wait anew, until {@link move} moves those whose parents have ended meanwhile. */
export async function blockUntilEnd({ db }: Writing, edges: readonly Pick<Edge, "child" | "parent">[]): Promise<void> {
  for (let from = 0; from < edges.length; from += PIECE) {
    const chunk = edges.slice(from, from + PIECE).map(({ child, parent }) => [child, parent]);
    await sql.markBlocked.all(db, { edges: JSON.stringify(chunk) });
  }
  await judgeParents(db, edges);
}

/** These jobs have ended, or are gone. */
export async function afterEnd(writing: Writing, ids: readonly string[]): Promise<void> {
  let parents = ids;
  while (parents.length > 0) {
    const list = JSON.stringify(parents);
    if ((await sql.isWaitedFor.first(writing.db, { parents: list })) === undefined) return;
    const children = await resolveDependencies(writing.db, list);
    parents = await bury(writing, await unblock(writing, [...new Set(children.map(({ child }) => child))]));
  }
}

/** These jobs have ended because others take their places: what waits for the first of a pair waits for the second from now on. */
export async function afterReplacement(writing: Writing, pairs: readonly (readonly [string, string])[]): Promise<void> {
  if (pairs.length === 0) return;
  const replaced = pairs.map(([id]) => id);
  if ((await sql.isWaitedFor.first(writing.db, { parents: JSON.stringify(replaced) })) === undefined) return;
  const list = JSON.stringify(pairs);
  await sql.handOver.run(writing.db, { pairs: list });
  await sql.dropHandedOver.run(writing.db, { pairs: list });
  await afterEnd(writing, replaced);
}

/** What the revival of jobs does to those behind them that died because of them. */
export interface RevivedDependents {
  /** They wait again. */
  readonly blocked: readonly string[];
  /** They do not, because another job has their unique key. */
  readonly keptDead: readonly { readonly id: string; readonly holder: string | null }[];
}

/** These jobs are to run again. */
export async function afterRevival({ db, now }: Writing, ids: readonly string[]): Promise<RevivedDependents> {
  const back = { blocked: [] as string[], keptDead: [] as { id: string; holder: string | null }[] };
  let parents = ids;
  while (parents.length > 0) {
    const children = await sql.resetDependencies.all(db, { parents: JSON.stringify(parents) });
    if (children.length === 0) break;
    const list = JSON.stringify([...new Set(children.map(({ child }) => child))]);
    parents = (await sql.blockAgain.all(db, { children: list, now })).map(({ id }) => id);
    for (const id of parents) back.blocked.push(id);
    for (const job of await sql.keptDead.all(db, { children: list })) back.keptDead.push(job);
  }
  return back;
}

async function judgeParents(db: Runner, edges: readonly Pick<Edge, "parent">[]): Promise<void> {
  await resolveDependencies(db, JSON.stringify([...new Set(edges.map(({ parent }) => parent))]));
}

async function resolveDependencies(db: Runner, parents: string): Promise<{ child: number }[]> {
  await sql.inheritParents.run(db, { parents });
  return sql.resolveDependencies.all(db, { parents });
}

/** Those of them that need not wait any longer, or would in vain. */
export async function move(writing: Writing, children: readonly number[]): Promise<void> {
  await afterEnd(writing, await bury(writing, await unblock(writing, children)));
}

async function unblock({ db, now }: Writing, children: readonly number[]): Promise<readonly number[]> {
  if (children.length > 0) await sql.unblock.run(db, { children: JSON.stringify(children), now });
  return children;
}

/** Resolves to the ids of those that died. */
async function bury(writing: Writing, children: readonly number[]): Promise<string[]> {
  const { db, now } = writing;
  if (children.length === 0) return [];
  const dead = await sql.bury.all(db, { children: JSON.stringify(children), now });
  await enqueueHooks(writing, dead);
  return dead.map(({ id }) => id);
}
