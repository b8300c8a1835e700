/**
 * Enqueues the hooks of jobs that have changed state, in the transaction of the change, so no crash loses a hook. The
 * two statements that write completed, failed and dead, those of `settle` and `bury`, return the hooks. A job without
 * hooks pays one comparison.
 */

import type { Hook } from "../../core/hook/hook.js";
import { hookJobs } from "../../core/hook/hook-jobs.js";
import { newJobId } from "../../system/random-id.js";
import type { Writing } from "./connection.js";
import { insertChunk } from "./jobs/insert.js";
import { toJob } from "./rows.js";
import type { Work } from "./work.js";

export interface EndedRow {
  readonly id: string;
  /** The job's own hooks, as JSON. Null: none. */
  readonly own_hooks: string | null;
  /** The queue's hooks, as JSON. Null: none. */
  readonly queue_hooks: string | null;
}

/** Number of jobs that are read at a time. */
const CHUNK_SIZE = 1000;

export function* enqueueHooks(writing: Writing, ended: readonly EndedRow[]): Work<void> {
  const hooked = ended.filter(({ own_hooks, queue_hooks }) => own_hooks !== null || queue_hooks !== null);
  for (let from = 0; from < hooked.length; from += CHUNK_SIZE)
    yield* enqueue(writing, hooked.slice(from, from + CHUNK_SIZE));
}

function* enqueue(writing: Writing, ended: readonly EndedRow[]): Work<void> {
  const { sql } = writing;
  const rows = yield* sql.jobs.allById.all({ ids: ended.map(({ id }) => id) });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const jobs = ended.flatMap(({ id, own_hooks, queue_hooks }) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    return hookJobs({ ...toJob(row), runs: row.runs }, [...listOf(own_hooks), ...listOf(queue_hooks)], newJobId);
  });
  for (const chunk of sql.insert.chunks(jobs)) {
    const inserted = yield* insertChunk(writing, chunk);
    if (inserted < chunk.count) throw new Error("the id of a hook's job is taken");
  }
}

function listOf(hooks: string | null): readonly Hook[] {
  return hooks === null ? [] : JSON.parse(hooks);
}
