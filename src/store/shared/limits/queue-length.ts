/** Checks the greatest length of queues after an insert or an edit, against a count from before. */
import { QueueFullError } from "../../errors.js";
import type { Reading } from "../connection.js";
import type { Work } from "../work.js";

interface Length {
  readonly queue: string;
  readonly waiting: number;
}

/**
 * Ignores a queue that was too long already and did not grow. @throws QueueFullError if a queue that has grown is too
 * long now
 */
export function* checkLengths({ sql }: Reading, before: readonly Length[]): Work<void> {
  const was = new Map(before.map(({ queue, waiting }) => [queue, waiting]));
  for (const { queue, waiting, max_length } of yield* sql.limits.lengths.all({})) {
    if (waiting > max_length && waiting > (was.get(queue) ?? 0)) throw new QueueFullError(queue, max_length);
  }
}
