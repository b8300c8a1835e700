/**
 * Revives jobs. Retried together, jobs keep the dependencies among themselves: a job is blocked again until its parents
 * in the call have ended. Retried alone, a job ignores its dependencies. If it died of one, that has to be wanted.
 */
import { allows, type JobState } from "../../../core/job/state.js";
import type { ChangeResult } from "../../contract/store.js";
import { Revival, type ReviveOptions } from "../../revival.js";
import type { Connection, Writing } from "../connection.js";
import { findCycle } from "../graph/cycle.js";
import { afterRevival, blockUntilEnd, move, type RevivedDependents } from "../graph/dependencies.js";
import type { Work } from "../work.js";
import { resultsOf } from "./changes.js";

export async function reviveJobs(
  connection: Connection,
  ids: readonly string[],
  revival = new Revival(),
  options: ReviveOptions = {},
): Promise<ChangeResult[]> {
  const { results, revived, keptDead, origins } = await connection.write((writing) =>
    reviveWithin(writing, ids, revival, options),
  );
  const answered = new Set(ids);
  for (const id of revived) revival.revived.add(id);
  for (const { id, holder } of keptDead) {
    if (holder !== null && !answered.has(id)) revival.keptDead.set(id, holder);
  }
  for (const [id, origin] of origins) if (!answered.has(id)) revival.takenAlong.set(id, origin);
  return results;
}

interface Revived extends Pick<RevivedDependents, "keptDead" | "origins"> {
  readonly results: ChangeResult[];
  /** As in {@link Revival}. */
  readonly revived: readonly string[];
}

/** @param earlier jobs that other transactions of the call have revived */
function* reviveWithin(
  writing: Writing,
  ids: readonly string[],
  earlier: Revival,
  { heedParents = false }: ReviveOptions,
): Work<Revived> {
  const { sql, now } = writing;
  // A job that came back with its parent, or has even ended again since, is not revived twice.
  const moved = ids.filter((id) => earlier.revived.has(id));
  const others = ids.filter((id) => !earlier.revived.has(id));
  const kept = heedParents ? yield* withoutParents(writing, others, earlier) : new Set<string>();
  const fresh = others.filter((id) => !kept.has(id));
  const revived = new Map((yield* sql.changes.revive.all({ ids: fresh, now })).map(({ id, seq }) => [id, seq]));
  const back = yield* afterRevival(writing, [...revived.keys()]);
  const children = [...revived.values(), ...(yield* blockedAmong(writing, moved))];
  const all = new Set([...earlier.revived, ...revived.keys(), ...back.blocked]);
  yield* waitForEachOther(writing, children, all, back);
  const waitedFor = yield* sql.dependencies.waitedFor.all({ ids: [...revived.keys()] });
  const results = yield* resultsOf(writing, ids, ({ id, state }) => {
    if (all.has(id)) return "changed";
    if (kept.has(id)) return "parent-failed";
    // Its state allows it, so the index of unique keys did not.
    return allows("revive", state) ? "key-taken" : "wrong-state";
  });
  const { blocked, keptDead, origins } = back;
  return { results, revived: [...waitedFor.map(({ id }) => id), ...blocked], keptDead, origins };
}

/** The jobs that died of a parent that the call does not revive. */
function* withoutParents({ sql }: Writing, ids: readonly string[], earlier: Revival): Work<ReadonlySet<string>> {
  const asked = new Set(ids);
  const kept = new Set<string>();
  const edges = yield* sql.dependencies.diedOf.all({ ids });
  const comesBack = (parent: string, state: JobState | null) =>
    earlier.revived.has(parent) ||
    (asked.has(parent) && !kept.has(parent) && state !== null && allows("revive", state));
  for (let before = -1; before < kept.size; ) {
    before = kept.size;
    for (const { child, parent, state } of edges) if (!comesBack(parent, state)) kept.add(child);
  }
  return kept;
}

function* blockedAmong({ sql }: Writing, ids: readonly string[]): Work<number[]> {
  if (ids.length === 0) return [];
  const rows = yield* sql.jobs.allById.all({ ids });
  return rows.filter(({ state }) => state === "blocked").map(({ seq }) => seq);
}

/** Blocks these jobs until those of their parents that the call has revived have ended. */
function* waitForEachOther(
  writing: Writing,
  children: readonly number[],
  revived: ReadonlySet<string>,
  back: RevivedDependents,
): Work<void> {
  const sql = writing.sql.dependencies;
  const edges = yield* sql.parentsOf.all({ children });
  const kept = edges.filter(({ parent }) => revived.has(parent));
  if (edges.length > 0) {
    const parents = [...new Set(kept.map(({ parent }) => parent))];
    yield* sql.keepOnlyParents.run({ children, parents });
    yield* blockUntilEnd(writing, kept);
  }
  const waiting = [...kept.map(({ child }) => child), ...back.blocked];
  const freed = waiting.length > 0 ? yield* breakCycles(writing, waiting) : [];
  if (edges.length + freed.length > 0) yield* move(writing, [...children, ...freed]);
}

/**
 * A job that took the place of another one may wait for a job that once waited for the replaced one. If one of the two
 * had ended, that was no cycle until both were revived. Results in the jobs that lost such a dependency.
 */
function* breakCycles({ sql }: Writing, ids: readonly string[]): Work<number[]> {
  const freed: number[] = [];
  for (;;) {
    const cycle = findCycle(yield* sql.dependencies.waitingEdges.all({ ids: [...new Set(ids)] }));
    const [child, parent] = cycle ?? [];
    if (child === undefined || parent === undefined) return freed;
    freed.push(...(yield* sql.dependencies.awaitNoMore.all({ child, parent })).map((row) => row.child));
  }
}
