/** The output of an attempt as JSON. */

/** The requested streams. */
export interface Streams {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** @param attempt null: the job has not run */
export function logsToJson(id: string, attempt: number | null, streams: Streams) {
  return { id, attempt, ...streams };
}
