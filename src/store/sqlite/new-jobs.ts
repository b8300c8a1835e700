/**
 * New jobs as one parameter: a JSON list of lists, which SQLite takes apart itself. A parameter for each value would
 * cost more than the insert. Values go by position, since SQLite would search for names in every row, for every column.
 */
import { NO_OPTIONS } from "../../core/job/options.js";
import type { NewJob } from "../contract/store.js";
import type { Chunk } from "../shared/connection.js";

/** Jobs that one statement inserts: a few milliseconds' worth, between two turns of the event loop. */
const CHUNK_SIZE = 1000;

/** In the order of {@link toJson}. */
export const COLUMNS = `id, command, queue, priority, max_retries, timeout_ms, backoff_base, cwd, env, tags,
  unique_key, limit_key, limit_max, deadline_ms, on_unmet, options`;

/** The same columns out of one job's list. JSON columns (command, env, tags) stay JSON. */
export const VALUES = `value->>0, value->1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->8, value->9,
  value->>11, value->>12, value->>13, value->>14, value->>15, value->>17`;

/** Null: now. */
export const RUN_AT = "value->>10";
export const UNIQUE_KEY = "value->>11";
export const DEADLINE = "value->>14";
export const ON_CONFLICT = "value->>16";

function toJson(jobs: readonly NewJob[]): string {
  return JSON.stringify(
    jobs.map((job) => [
      job.id,
      job.command,
      job.queue,
      job.priority,
      job.maxRetries,
      job.timeoutMs,
      job.backoffBase,
      job.cwd,
      job.env,
      job.tags,
      job.runAt,
      job.uniqueKey,
      job.limitKey,
      job.limit,
      job.deadlineMs,
      job.onUnmet,
      job.onConflict,
      job.options === NO_OPTIONS ? null : job.options,
    ]),
  );
}

export function* inChunks(jobs: readonly NewJob[]): Generator<Chunk> {
  for (let from = 0; from < jobs.length; from += CHUNK_SIZE) {
    const chunk = jobs.slice(from, from + CHUNK_SIZE);
    yield { jobs: toJson(chunk), count: chunk.length, isKeyed: chunk.some(({ uniqueKey }) => uniqueKey !== null) };
  }
}
