/**
 * What the exit code of a failed command means for its job, if the job or its policy says so. Only the command's own
 * exit counts: a signal or a time limit says nothing about the job.
 */

/** Three disjoint lists. */
export interface ExitCodeRules {
  /** Only these codes are retried; any other unlisted code is final. */
  readonly retryOn?: readonly number[];
  /** Final codes: no retry. */
  readonly noRetryOn?: readonly number[];
  /** "Try later": the attempt does not count. */
  readonly snoozeOn?: readonly number[];
}

export function meaningOf(code: number, rules: ExitCodeRules = {}): "retry" | "final" | "snooze" {
  if (rules.snoozeOn?.includes(code)) return "snooze";
  if (rules.noRetryOn?.includes(code)) return "final";
  return rules.retryOn === undefined || rules.retryOn.includes(code) ? "retry" : "final";
}

/** Overlays the lists: `own` wins where it has one, and a code that it names leaves the lists of `others`. */
export function overrule(own: ExitCodeRules, others: ExitCodeRules): ExitCodeRules {
  const named = new Set([own.retryOn, own.noRetryOn, own.snoozeOn].flatMap((codes) => codes ?? []));
  const pick = (list: keyof ExitCodeRules) => {
    const codes = own[list] ?? others[list]?.filter((code) => !named.has(code));
    // An empty `retryOn` means "retry after no code", which is not the same as an absent list.
    const says = codes !== undefined && (codes.length > 0 || list === "retryOn");
    return says ? { [list]: codes } : {};
  };
  return { ...pick("retryOn"), ...pick("noRetryOn"), ...pick("snoozeOn") };
}
