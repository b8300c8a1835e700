/** The greatest length of queues, looked at when jobs have been inserted, or one was edited, and before that counts. */
import { QueueFullError } from "../../errors.js";
import type { Reading } from "../connection.js";

interface Length {
  readonly queue: string;
  readonly waiting: number;
}

/**
 * @throws QueueFullError a queue that has grown is too long now; one that was too long already and did not grow is left
 * alone
 */
export async function checkLengths({ db, sql }: Reading, before: readonly Length[]): Promise<void> {
  const was = new Map(before.map(({ queue, waiting }) => [queue, waiting]));
  for (const { queue, waiting, max_length } of await sql.limits.lengths.all(db, {})) {
    if (waiting > max_length && waiting > (was.get(queue) ?? 0)) throw new QueueFullError(queue, max_length);
  }
}
