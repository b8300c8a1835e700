/**
 * What the exit code of a command that failed means for its job, where somebody said so. Only the command's own exit counts:
 * one that died of a signal or ran out of time has said nothing about itself.
 */

/** Disjoint. */
export interface ExitCodeRules {
  /** Only these are tried again; any other that no list names is final. */
  readonly retryOn?: readonly number[];
  /** These are final. */
  readonly noRetryOn?: readonly number[];
  /** "Try later": the attempt does not count. */
  readonly snoozeOn?: readonly number[];
}

export function meaningOf(code: number, rules: ExitCodeRules = {}): "retry" | "final" | "snooze" {
  if (rules.snoozeOn?.includes(code)) return "snooze";
  if (rules.noRetryOn?.includes(code)) return "final";
  return rules.retryOn === undefined || rules.retryOn.includes(code) ? "retry" : "final";
}

/** List by list: `own` where it has one, and what it names is in no list of the other. */
export function overrule(own: ExitCodeRules, others: ExitCodeRules): ExitCodeRules {
  const named = new Set([own.retryOn, own.noRetryOn, own.snoozeOn].flatMap((codes) => codes ?? []));
  const pick = (list: keyof ExitCodeRules) => {
    const codes = own[list] ?? others[list]?.filter((code) => !named.has(code));
    // To try again only after none is another thing than to say nothing of it.
    const says = codes !== undefined && (codes.length > 0 || list === "retryOn");
    return says ? { [list]: codes } : {};
  };
  return { ...pick("retryOn"), ...pick("noRetryOn"), ...pick("snoozeOn") };
}
