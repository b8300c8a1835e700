/**
 * How often it is worth asking the store for facts that it does not report by itself, in milliseconds. Short where a
 * query costs microseconds, long where it crosses a network. If a command promises an answer within a second, the
 * interval must not exceed that.
 */
export interface PollIntervals {
  /** Requests to cancel a worker's running jobs. */
  readonly cancellations: number;
  /** Changed settings, which a worker reads before it claims. */
  readonly settings: number;
  /** A job that a command waits for. */
  readonly job: number;
  /** Supervisors and workers that a command waits for. */
  readonly processes: number;
  /** Jobs whose retention is over. */
  readonly retention: number;
}
