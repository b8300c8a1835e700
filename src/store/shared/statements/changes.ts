import type { JobState } from "../../../core/job/state.js";
import type { JobRow, OutputFiles } from "../rows.js";
import type { Prepared } from "./prepared.js";

/**
 * Statements that change jobs by their ids. Each carries its condition: a job that does not fulfil it has no row in the
 * answer.
 */
export interface ChangeStatements {
  /** Changes blocked, pending and failed jobs. */
  readonly cancelWaiting: Prepared<Ids & { error: string | null; now: number }, { id: string }>;
  /** Changes processing jobs. If it is requested twice, the first reason stays. */
  readonly requestCancel: Prepared<Ids & { reason: string | null; now: number }, { id: string }>;
  /**
   * Leaves out jobs whose unique key is taken; of two with the same key the older one gets it. The newest attempt's
   * traces (worker, fence, start) stay, as its row does.
   */
  readonly revive: Prepared<Ids & { now: number }, { id: string; seq: number }>;
  readonly acknowledge: Prepared<{ id: string; fence: number }>;
  /** A job that is due already keeps its place. */
  readonly expedite: Prepared<{ id: string; now: number }, JobRow>;
  /** Changes the job only as it was seen. If it has not run, its deadline counts from its new start. */
  readonly edit: Prepared<Edit, JobRow>;
  /** Takes the job out of the index of tags. */
  readonly forgetTags: Prepared<Tags>;
  /** Puts the job into the index of tags. */
  readonly rememberTags: Prepared<Tags>;
  /** Output files of the attempts of these jobs. Null: this database has no output in files. */
  readonly outputFiles: Prepared<Ids, OutputFiles & { job_id: string }> | null;
  /** Deletes their attempts too. Skips processing jobs. */
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
  /** JSON. Null: none. */
  options: string | null;
  now: number;
}

interface Tags {
  seq: number;
  /** JSON, a list. */
  tags: string;
}
