/** How a process hears of the writes of others. */

/** What a write was about, for a process that cares for some writes only. */
export const CHANGE_KINDS = [
  /** A job may be claimable by now: it is new, due earlier, or its queue or limit key has room. */
  "work",
  /** The end of a running job was requested. */
  "cancel",
  /** Jobs have begun, ended or gone. */
  "moved",
  /** Settings, queues, schedules or the commands to a supervisor. */
  "settings",
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface WakeUps {
  /**
   * Calls `wake` at least soon after another process wrote, and now and then without cause. `about`: the kinds that the
   * write may have been of. `ownToo`: also after a write of this store, for a process that tells others; without effect
   * where each process hears by itself. Returns a function that ends it.
   */
  onWork(wake: (about: readonly ChangeKind[]) => void, options?: { readonly ownToo?: boolean }): () => void;
  /**
   * Null: each process hears of writes by itself. Otherwise that takes a connection to the server, so a supervisor
   * listens and tells its workers. True: it hears of each write at once. False: a call of `wake` is a guess, made at an
   * interval.
   */
  hears(): boolean | null;
  /**
   * A value that is another one after another process wrote. It costs next to nothing, so a caller that polls asks for
   * it before it queries. Null: it cannot be known now.
   */
  version(): Promise<unknown>;
}
