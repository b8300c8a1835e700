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
