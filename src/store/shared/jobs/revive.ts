/**
 * Jobs that are to run again. Somebody who revives one job wants it to run, whatever it waited for. Somebody who revives several wants them
 * to run as they would have: those that wait for others of them are blocked again until these have ended.
 */
import { allows } from "../../../core/job/state.js";
import type { ChangeResult } from "../../contract/store.js";
import { Revival } from "../../revival.js";
import type { Connection, Writing } from "../connection.js";
import { findCycle } from "../graph/cycle.js";
import { afterRevival, blockUntilEnd, move, type RevivedDependents } from "../graph/dependencies.js";
import { resultsOf } from "./changes.js";

export function reviveJobs(
  connection: Connection,
  ids: readonly string[],
  revival = new Revival(),
): Promise<ChangeResult[]> {
  return connection.write(async (writing) => {
    const { db, sql, now } = writing;
    // What has come back already with what it had died of, or has even ended since, is not revived twice.
    const moved = ids.filter((id) => revival.revived.has(id));
    const fresh = ids.filter((id) => !revival.revived.has(id));
    const revived = new Map((await sql.changes.revive.all(db, { ids: fresh, now })).map(({ id, seq }) => [id, seq]));
    const back = await afterRevival(writing, [...revived.keys()]);
    const children = [...revived.values(), ...(await blockedAmong(writing, moved))];
    await waitForEachOther(writing, children, new Set([...revival.revived, ...revived.keys(), ...back.blocked]), back);
    await remember(writing, revival, [...revived.keys()], back, ids);
    return resultsOf(writing, ids, ({ id, state }) => {
      if (revived.has(id) || revival.revived.has(id)) return "changed";
      // Its state allows it, so it was the index of unique keys that did not.
      return allows("revive", state) ? "key-taken" : "wrong-state";
    });
  });
}

async function blockedAmong({ db, sql }: Writing, ids: readonly string[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await sql.jobs.allById.all(db, { ids });
  return rows.filter(({ state }) => state === "blocked").map(({ seq }) => seq);
}

/** Has these jobs wait for those of their parents that the call has revived, and for no others. */
async function waitForEachOther(
  writing: Writing,
  children: readonly number[],
  revived: ReadonlySet<string>,
  back: RevivedDependents,
): Promise<void> {
  const { db } = writing;
  const sql = writing.sql.dependencies;
  const edges = await sql.parentsOf.all(db, { children });
  const kept = edges.filter(({ parent }) => revived.has(parent));
  if (edges.length > 0) {
    const parents = [...new Set(kept.map(({ parent }) => parent))];
    await sql.keepOnlyParents.run(db, { children, parents });
    await blockUntilEnd(writing, kept);
  }
  const waiting = [...kept.map(({ child }) => child), ...back.blocked];
  const freed = waiting.length > 0 ? await breakCycles(writing, waiting) : [];
  if (edges.length + freed.length > 0) await move(writing, [...children, ...freed]);
}

/**
 * A job that took the place of another one may wait for one that once waited for that: a cycle that was none, as one of
 * them had ended, until both were revived. Resolves to those that need not wait for one of them any more.
 */
async function breakCycles({ db, sql }: Writing, ids: readonly string[]): Promise<number[]> {
  const freed: number[] = [];
  for (;;) {
    const cycle = findCycle(await sql.dependencies.waitingEdges.all(db, { ids: [...new Set(ids)] }));
    const [child, parent] = cycle ?? [];
    if (child === undefined || parent === undefined) return freed;
    freed.push(...(await sql.dependencies.awaitNoMore.all(db, { child, parent })).map((row) => row.child));
  }
}

async function remember(
  { db, sql }: Writing,
  revival: Revival,
  revived: readonly string[],
  { blocked, keptDead }: RevivedDependents,
  asked: readonly string[],
): Promise<void> {
  for (const { id } of await sql.dependencies.waitedFor.all(db, { ids: revived })) revival.revived.add(id);
  for (const id of blocked) revival.revived.add(id);
  const answered = new Set(asked);
  for (const { id, holder } of keptDead) {
    if (holder !== null && !answered.has(id)) revival.keptDead.set(id, holder);
  }
}
