/** New jobs as columns: one list for each, which a statement puts side by side with `unnest`. */
import { NO_OPTIONS } from "../../core/job/options.js";
import type { NewJob } from "../contract/store.js";
import type { Chunk } from "../shared/connection.js";

/** Jobs that one statement inserts. */
const CHUNK_SIZE = 1000;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly of: (job: NewJob) => unknown;
}

/** What is written as it is, in the columns of these names. */
export const STORED: readonly Column[] = [
  { name: "id", type: "text[]", of: ({ id }) => id },
  { name: "command", type: "json[]", of: ({ command }) => JSON.stringify(command) },
  { name: "queue", type: "text[]", of: ({ queue }) => queue },
  { name: "priority", type: "bigint[]", of: ({ priority }) => priority },
  { name: "max_retries", type: "bigint[]", of: ({ maxRetries }) => maxRetries },
  { name: "timeout_ms", type: "bigint[]", of: ({ timeoutMs }) => timeoutMs },
  { name: "backoff_base", type: "double precision[]", of: ({ backoffBase }) => backoffBase },
  { name: "cwd", type: "text[]", of: ({ cwd }) => cwd },
  { name: "env", type: "json[]", of: ({ env }) => JSON.stringify(env) },
  { name: "tags", type: "json[]", of: ({ tags }) => JSON.stringify(tags) },
  { name: "unique_key", type: "text[]", of: ({ uniqueKey }) => uniqueKey },
  { name: "limit_key", type: "text[]", of: ({ limitKey }) => limitKey },
  { name: "limit_max", type: "bigint[]", of: ({ limit }) => limit },
  { name: "deadline_ms", type: "bigint[]", of: ({ deadlineMs }) => deadlineMs },
  { name: "on_unmet", type: "text[]", of: ({ onUnmet }) => onUnmet },
  { name: "options", type: "json[]", of: ({ options }) => (options === NO_OPTIONS ? null : JSON.stringify(options)) },
];

/** What the statements reckon with. */
const ASKED: readonly Column[] = [
  { name: "run_at", type: "bigint[]", of: ({ runAt }) => runAt },
  { name: "on_conflict", type: "text[]", of: ({ onConflict }) => onConflict },
];

export const COLUMNS: readonly Column[] = [...STORED, ...ASKED];

/** For each of {@link COLUMNS}, its values in the order of the jobs. */
export type JobColumns = readonly (readonly unknown[])[];

export function* inChunks(jobs: readonly NewJob[]): Generator<Chunk> {
  for (let from = 0; from < jobs.length; from += CHUNK_SIZE) yield toChunk(jobs.slice(from, from + CHUNK_SIZE));
}

export function toChunk(jobs: readonly NewJob[]): Chunk {
  const columns: JobColumns = COLUMNS.map(({ of }) => jobs.map(of));
  return { jobs: columns, common: null, count: jobs.length, isKeyed: jobs.some(({ uniqueKey }) => uniqueKey !== null) };
}

/** The jobs that are not at these indexes. */
export function without(columns: JobColumns, indexes: readonly number[]): JobColumns {
  const left = new Set(indexes);
  return columns.map((values) => values.filter((_, index) => !left.has(index)));
}

export function idsOf([ids = []]: JobColumns): string[] {
  return ids as string[];
}
