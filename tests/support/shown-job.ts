/** What JSON says of a job, as far as tests of the command line ask. */

/** A job of any command. */
export interface JobJson {
  readonly id: string;
  readonly command: string | readonly string[];
  readonly state: string;
  readonly attempts: number;
  readonly [key: string]: unknown;
}

/** A job of `show`. */
export interface ShownJob {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly last_error: string | null;
  readonly worker_id: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly history: readonly {
    readonly attempt: number;
    readonly outcome: string | null;
    readonly pid: number | null;
    readonly started_at: string;
    readonly finished_at: string | null;
  }[];
}
