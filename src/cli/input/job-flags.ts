/** The flags of `enqueue` that describe a job, as the JSON that means the same. */
import { UsageError } from "../../core/errors.js";
import type { JobSpec } from "../../core/job-spec.js";
import { given, retryFromFlags } from "./retry-flags.js";
import { wholeNumber } from "./values.js";

type Text = string | undefined;

export interface JobFlags {
  readonly id: Text;
  readonly command: Text;
  readonly maxRetries: Text;
  readonly priority: Text;
  readonly queue: Text;
  readonly runAt: Text;
  readonly delay: Text;
  readonly timeout: Text;
  readonly backoffBase: Text;
  readonly cwd: Text;
  readonly env: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
  readonly onUnmet: Text;
  readonly unique: Text;
  readonly onConflict: Text;
  readonly limitKey: Text;
  readonly limit: Text;
  readonly deadline: Text;
  readonly onCompleted: Text;
  readonly onFailed: Text;
  readonly onDead: Text;
  readonly webhookUrl: Text;
  readonly webhookEvents: Text;
  readonly backoff: Text;
  readonly backoffMax: Text;
  readonly jitter: Text;
  readonly retryOn: Text;
  readonly noRetryOn: Text;
  readonly snoozeOn: Text;
  readonly snoozeDelay: Text;
  readonly policy: Text;
  readonly nice: Text;
  readonly memory: Text;
  readonly cpuTime: Text;
  /** Run without a shell, in place of `command`. */
  readonly argv: readonly string[] | undefined;
}

const BILLION = 1_000_000_000;

/** @throws UsageError naming the flag that has no number or no `K=V` */
export function specFromFlags(flags: Partial<JobFlags>): JobSpec {
  const spec = {
    id: flags.id,
    command: flags.command ?? (flags.argv && [...flags.argv]),
    priority: flags.priority && wholeNumber(flags.priority, "--priority", -BILLION, BILLION),
    queue: flags.queue,
    run_at: flags.runAt,
    delay: flags.delay,
    cwd: flags.cwd,
    env: flags.env && Object.fromEntries(flags.env.map(assignment)),
    tags: flags.tags && [...flags.tags],
    after: flags.after && [...flags.after],
    on_unmet: flags.onUnmet,
    unique: flags.unique,
    on_conflict: flags.onConflict,
    limit_key: flags.limitKey,
    limit: flags.limit && wholeNumber(flags.limit, "--limit", 1, 1_000_000),
    on_completed: flags.onCompleted,
    on_failed: flags.onFailed,
    on_dead: flags.onDead,
    webhook_url: flags.webhookUrl,
    webhook_events: flags.webhookEvents?.split(","),
    ...retryFromFlags(flags),
    policy: flags.policy,
    nice: flags.nice && wholeNumber(flags.nice, "--nice", -20, 19),
    memory: flags.memory,
    cpu_time: flags.cpuTime,
  };
  return given(spec) as unknown as JobSpec;
}

/** An error about a key of the job, told to somebody who typed flags. */
export function inTermsOfFlags(error: unknown): unknown {
  if (!(error instanceof UsageError)) return error;
  const message = error.message
    .replace(/^"run_at" and "delay"/, "--run-at and --delay")
    .replace(/^"limit_key" and "limit"/, "--limit-key and --limit")
    .replace(/^"env\.[^"]*"/, "--env")
    .replace(/^"(?:retry_on|no_retry_on|snooze_on)\.[^"]*"/, (path) => `"${path.slice(1, path.indexOf("."))}"`)
    .replace(
      /^"([a-z_]+)"|(?<=, which )"([a-z_]+)"(?= has too$)/g,
      (name) => `--${name.slice(1, -1).replaceAll("_", "-")}`,
    );
  return new UsageError(message, error.hint?.startsWith("for example {") ? undefined : error.hint);
}

function assignment(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--env is ${JSON.stringify(text)}`, "give a name and a value: --env NAME=VALUE");
}
