import type { JobState } from "../../../core/job/state.js";
import type { JobRow, OutputFiles } from "../rows.js";
import type { Prepared } from "./prepared.js";

/** Changes of jobs by their ids. Each holds its condition: a job that does not fulfil it has no row in the answer. */
export interface ChangeStatements {
  /** The blocked, pending and failed ones. */
  readonly cancelWaiting: Prepared<Ids & { error: string | null; now: number }, { id: string }>;
  /** The processing ones. Asked twice, the first reason stays. */
  readonly requestCancel: Prepared<Ids & { reason: string | null; now: number }, { id: string }>;
  /**
   * Without the jobs whose unique key is taken; of two with the same key the older one gets it. The newest attempt's
   * traces (worker, fence, when it began) stay, as its row does.
   */
  readonly revive: Prepared<Ids & { now: number }, { id: string; seq: number }>;
  /** A job that is due already keeps its place. */
  readonly expedite: Prepared<{ id: string; now: number }, JobRow>;
  /** If the job is as it was seen. The time of a job that has not run begins anew with its start. */
  readonly edit: Prepared<Edit, JobRow>;
  /** Takes the job out of the index of tags. */
  readonly forgetTags: Prepared<Tags>;
  /** Puts the job into the index of tags. */
  readonly rememberTags: Prepared<Tags>;
  /** Of the attempts of these jobs. */
  readonly outputFiles: Prepared<Ids, OutputFiles & { job_id: string }>;
  /** With their attempts; not the processing ones. */
  readonly delete: Prepared<Ids, { id: string }>;
}

interface Ids {
  ids: readonly string[];
}

interface Edit {
  id: string;
  seenState: JobState;
  seenAt: number;
  seenFence: number;
  /** JSON. */
  command: string;
  queue: string;
  priority: number;
  maxRetries: number | null;
  timeoutMs: number | null;
  backoffBase: number | null;
  cwd: string;
  /** JSON. */
  env: string;
  /** JSON. */
  tags: string;
  /** Null: now. */
  runAt: number | null;
  /** JSON; null: none. */
  options: string | null;
  now: number;
}

interface Tags {
  seq: number;
  /** JSON, a list. */
  tags: string;
}
