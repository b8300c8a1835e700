/** What a command left behind when it ended. */
export interface Result {
  /** Null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
