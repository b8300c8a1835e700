/**
 * The jobs that one call has revived so far, in one transaction or in several. The caller makes it, and the store fills
 * it in.
 */
export class Revival {
  /** Revived parents, and the dead jobs that came back with them. */
  readonly revived = new Set<string>();
  /** Jobs whose parent was revived but that stay dead, each with the job that holds its unique key. */
  readonly keptDead = new Map<string, string>();
  /** Jobs that came back with a parent and were not asked for, each with the job of the call that it goes back to. */
  readonly takenAlong = new Map<string, string>();
}

export interface ReviveOptions {
  /** Whether a job that died of its parent stays dead, unless the call revives that parent, too. */
  readonly heedParents?: boolean;
}
