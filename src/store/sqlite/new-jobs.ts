/**
 * New jobs as one parameter: a JSON list of lists, which SQLite takes apart itself. A parameter for each value would
 * cost more than the insert. Values go by position, since SQLite would search for names in every row, for every column.
 *
 * The jobs of a file often differ in nothing but their ids and commands. Then a job's list has these two only, and the
 * chunk has one more list for the rest, which SQLite takes apart once instead of a thousand times.
 */
import { NO_OPTIONS } from "../../core/job/options.js";
import type { NewJob } from "../contract/store.js";
import type { Chunk } from "../shared/connection.js";

/** Jobs that one statement inserts: a few milliseconds' worth, between two turns of the event loop. */
const CHUNK_SIZE = 1000;

/** In the order of a job's list, after its id and its command. */
const SHARED_KEYS = [
  ...["queue", "priority", "maxRetries", "timeoutMs", "backoffBase", "cwd", "env", "tags", "runAt", "uniqueKey"],
  ...["limitKey", "limit", "deadlineMs", "onUnmet", "onConflict", "options"],
] as const satisfies readonly (keyof NewJob)[];

/** In the order of {@link OWN_VALUES} and {@link SHARED_VALUES}. */
export const COLUMNS = `id, command, queue, priority, max_retries, timeout_ms, backoff_base, cwd, env, tags,
  unique_key, limit_key, limit_max, deadline_ms, on_unmet, options`;

/** Where a list has the value of each column. JSON columns (command, env, tags) stay JSON. */
export const OWN_VALUES = ["->>0", "->1"];
export const SHARED_VALUES = [
  ...["->>2", "->>3", "->>4", "->>5", "->>6", "->>7", "->8", "->9"],
  ...["->>11", "->>12", "->>13", "->>14", "->>15", "->>17"],
];

/** Null: now. */
export const RUN_AT = "->>10";
export const UNIQUE_KEY = "->>11";
export const DEADLINE = "->>14";
export const ON_CONFLICT = "->>16";

export function* inChunks(jobs: readonly NewJob[]): Generator<Chunk> {
  for (let from = 0; from < jobs.length; from += CHUNK_SIZE) yield toChunk(jobs.slice(from, from + CHUNK_SIZE));
}

function toChunk(jobs: readonly NewJob[]): Chunk {
  const isKeyed = jobs.some(({ uniqueKey }) => uniqueKey !== null);
  const common = isKeyed ? null : commonList(jobs);
  const lists = common === null ? jobs.map((job) => [...own(job), ...shared(job)]) : jobs.map(own);
  return { jobs: JSON.stringify(lists), common: common && JSON.stringify(common), count: jobs.length, isKeyed };
}

/** A list for all of the jobs. Null: they differ in more than their ids and commands. */
function commonList(jobs: readonly NewJob[]): readonly unknown[] | null {
  const [first] = jobs;
  if (first === undefined) return null;
  const values = SHARED_KEYS.map((key) => [key, first[key], JSON.stringify(first[key])] as const);
  const isAlike = (job: NewJob) =>
    values.every(([key, value, text]) => {
      const other = job[key];
      return other === value || (typeof other === "object" && JSON.stringify(other) === text);
    });
  return jobs.every(isAlike) ? [...own(first), ...shared(first)] : null;
}

function own({ id, command }: NewJob): readonly unknown[] {
  return [id, command];
}

function shared(job: NewJob): readonly unknown[] {
  return SHARED_KEYS.map((key) => (key === "options" && job.options === NO_OPTIONS ? null : job[key]));
}
