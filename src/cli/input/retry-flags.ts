/** The flags that say when a job is tried again and how long it has, as the JSON that means the same. */
import { UsageError } from "../../core/errors.js";
import { decimalNumber, wholeNumber } from "./values.js";

type Text = string | undefined;

export interface RetryFlags {
  readonly maxRetries: Text;
  readonly backoff: Text;
  readonly backoffBase: Text;
  readonly backoffMax: Text;
  readonly jitter: Text;
  readonly retryOn: Text;
  readonly noRetryOn: Text;
  readonly snoozeOn: Text;
  readonly snoozeDelay: Text;
  readonly timeout: Text;
  readonly deadline: Text;
}

/** @throws UsageError naming the flag that has no number */
export function retryFromFlags(flags: Partial<RetryFlags>) {
  return {
    max_retries: flags.maxRetries && wholeNumber(flags.maxRetries, "--max-retries", 1, 1_000_000),
    timeout: flags.timeout,
    backoff_base: flags.backoffBase && decimalNumber(flags.backoffBase, "--backoff-base"),
    deadline: flags.deadline,
    backoff: flags.backoff,
    backoff_max: flags.backoffMax,
    jitter: flags.jitter && decimalNumber(flags.jitter, "--jitter"),
    retry_on: flags.retryOn === undefined ? undefined : exitCodes(flags.retryOn, "--retry-on"),
    no_retry_on: flags.noRetryOn === undefined ? undefined : exitCodes(flags.noRetryOn, "--no-retry-on"),
    snooze_on: flags.snoozeOn === undefined ? undefined : exitCodes(flags.snoozeOn, "--snooze-on"),
    snooze_delay: flags.snoozeDelay,
  };
}

/** Without what nobody gave. */
export function given(spec: object): object {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

function exitCodes(text: string, flag: string): number[] {
  const codes = text.split(",").map((code) => (/^\s*\d+\s*$/.test(code) ? Number(code) : Number.NaN));
  if (codes.every((code) => code <= 255)) return codes;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}`, "give exit codes, 1 to 255: 1,75");
}
