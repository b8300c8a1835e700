/**
 * Limits of queues during one claim: how many jobs of a queue may still start now, and when the next one may. Only
 * queues with a limit are listed.
 *
 * If the limit key of a job is in full use, a claim parks the job when it comes upon it, see `parking.ts`. A claim with
 * free slots looks for parked jobs itself, so that none is left behind.
 */
import type { Job } from "../../../core/job/job.js";
import type { Hold } from "../../contract/store.js";
import type { Reading, Writing } from "../connection.js";
import type { CapacityRow } from "../statements/limits.js";
import type { Work } from "../work.js";

export class QueueCapacity {
  readonly #rooms: ReadonlyMap<string, CapacityRow>;

  private constructor(rooms: readonly CapacityRow[]) {
    this.#rooms = new Map(rooms.map((room) => [room.queue, room]));
  }

  static *read({ sql }: Reading, now: number): Work<QueueCapacity> {
    const rooms = yield* sql.limits.capacities.all({ now });
    for (const room of rooms) {
      if (room.starts === null || room.starts >= 0) continue;
      const { started_at } = yield* sql.limits.startAfter.one({ queue: room.queue, older: -room.starts, now });
      room.first_start_at = started_at;
    }
    return new QueueCapacity(rooms);
  }

  /** Number of jobs of the queue that may start now. */
  of(queue: string): number {
    const room = this.#rooms.get(queue);
    if (room === undefined) return Number.POSITIVE_INFINITY;
    return Math.min(room.slots ?? Number.POSITIVE_INFINITY, room.starts ?? Number.POSITIVE_INFINITY);
  }

  /** Whether it limits running or starting jobs. */
  isLimited(queue: string): boolean {
    return this.#rooms.has(queue);
  }

  /** Whether it runs as many jobs as it may. */
  isFull(queue: string): boolean {
    const slots = this.#rooms.get(queue)?.slots ?? null;
    return slots !== null && slots <= 0;
  }

  /** Time at which the queue may start another job. Null: its rate does not hold it back. */
  nextStartAt(queue: string): number | null {
    const room = this.#rooms.get(queue);
    if (room === undefined || room.starts === null || room.starts > 0) return null;
    return (room.first_start_at ?? 0) + (room.rate_ms ?? 0);
  }

  /** Records that a job of the queue starts. */
  *take({ sql, now }: Writing, queue: string, fence: number): Work<void> {
    const room = this.#rooms.get(queue);
    if (room === undefined) return;
    if (room.slots !== null) room.slots -= 1;
    if (room.starts === null) return;
    room.starts -= 1;
    room.first_start_at ??= now;
    yield* sql.limits.forgetOldStarts.run({ queue, now });
    yield* sql.limits.recordStart.run({ queue, fence, now });
  }
}

/** What holds a due job back now. */
export function* holdOf(reading: Reading, now: number, job: Pick<Job, "queue" | "limitKey" | "limit">): Work<Hold> {
  const { sql } = reading;
  const rooms = yield* QueueCapacity.read(reading, now);
  const { limitKey, limit } = job;
  const running = limitKey === null ? 0 : (yield* sql.limits.runningWithKey.one({ limitKey })).count;
  return {
    queueFull: rooms.isFull(job.queue),
    nextStartAt: rooms.nextStartAt(job.queue),
    keyFull: limit !== null && running >= limit,
  };
}

/** Parked jobs that could run, the best of each kind. `queues` null: every queue. */
export function* parkedThatCouldRun(
  { sql }: Reading,
  rooms: QueueCapacity,
  queues: readonly string[] | null,
): Work<number[]> {
  const found = yield* sql.limits.parkedWithRoom.all({ queues });
  return found.filter(({ queue }) => rooms.of(queue) > 0).map(({ seq }) => seq);
}
