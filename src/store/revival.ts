/** What one call has revived so far, in one transaction or in several. Made by the caller, and filled in by the store. */
export class Revival {
  /** Jobs that others wait for, and those that came back with what they had died of. */
  readonly revived = new Set<string>();
  /** What these had died of runs again, and they stay dead: the other job has their unique key. */
  readonly keptDead = new Map<string, string>();
}
