/**
 * What must be true once a queue is idle, whatever was done to it: what the database says is compared with what the jobs
 * themselves wrote down. Every violation is a line that begins with the number of the promise that it breaks; recovery
 * times (I9) and the poison job (I11) have tests of their own.
 */
import { statSync } from "node:fs";
import Sqlite from "better-sqlite3";
import type { Attempt, Job } from "../../src/core/job/job.js";
import { isTerminal } from "../../src/core/job/state.js";
import type { StoredDependency } from "../../src/store/contract/store.js";
import type { Sighting } from "./witness.js";

/** A job with its attempts, oldest first. */
export interface History {
  readonly job: Job;
  readonly attempts: readonly Attempt[];
  readonly dependencies: readonly StoredDependency[];
}

export interface Evidence {
  /** Ids whose enqueue was acknowledged. */
  readonly acknowledged: readonly string[];
  readonly histories: readonly History[];
  readonly witness: readonly Sighting[];
  readonly maxRetries: number;
}

/** I1 to I7, I13 and I14. */
export function violations(evidence: Evidence): string[] {
  const known = new Map(evidence.histories.map((history) => [history.job.id, history]));
  const lost = evidence.acknowledged
    .filter((id) => !known.has(id))
    .map((id) => `I1: ${id} was acknowledged and is gone`);
  return [
    ...lost,
    ...evidence.histories.flatMap((history) => [
      ...inTheStore(history, evidence.maxRetries),
      ...asWitnessed(
        history,
        evidence.witness.filter(({ job }) => job === history.job.id),
      ),
      ...afterItsParents(history, evidence),
    ]),
  ];
}

/** Only what waits for a success: of a job that fails nobody sees the end. */
function afterItsParents({ job, dependencies }: History, { witness, histories }: Evidence): string[] {
  const began = witness.findIndex((seen) => seen.job === job.id && seen.kind === "S");
  if (began < 0) return [];
  return dependencies.flatMap(({ parent, when }) => {
    const success = histories.find((history) => history.job.id === parent)?.attempts.at(-1);
    const ended = witness.findIndex(({ kind, fence }) => kind === "E" && fence === success?.fence);
    if (when !== "ok" || (ended >= 0 && ended < began)) return [];
    return [`I14: ${job.id} began before ${parent} had completed`];
  });
}

function inTheStore({ job, attempts }: History, maxRetries: number): string[] {
  const found: string[] = [];
  const say = (rule: string, what: string) => found.push(`${rule}: ${job.id} ${what}`);
  if (!isTerminal(job.state)) say("I1", `is ${job.state}`);

  const last = attempts.at(-1);
  const successes = attempts.filter(({ outcome }) => outcome === "succeeded");
  if (successes.length > 1) say("I2", `succeeded ${successes.length} times`);
  if (successes.length === 1 && successes[0] !== last) say("I2", "ran again after it had succeeded");
  if ((job.state === "completed") !== (last?.outcome === "succeeded")) {
    say("I2", `is ${job.state} after an attempt that was ${last?.outcome}`);
  }

  if (job.attempts > (job.maxRetries ?? maxRetries)) say("I3", `was charged ${job.attempts} attempts`);
  const uncharged = attempts.filter(({ outcome, error }) => isUncharged(outcome, error)).length;
  if (attempts.length - uncharged !== job.attempts) {
    say("I3", `was charged ${job.attempts} attempts, and has ${attempts.length - uncharged} that count`);
  }

  for (const { fence, outcome } of attempts) if (outcome === null) say("I4", `has no outcome for fence ${fence}`);
  for (const [n, attempt] of attempts.entries()) {
    const next = attempts[n + 1];
    if (!next) break;
    if (next.fence <= attempt.fence) say("I7", `got fence ${next.fence} after ${attempt.fence}`);
    if ((attempt.finishedAt ?? Number.POSITIVE_INFINITY) > next.startedAt) {
      say("I7", `had fence ${attempt.fence} settled after fence ${next.fence} was given`);
    }
  }
  if (last && job.fence !== last.fence) say("I7", `has fence ${job.fence}, its newest attempt ${last.fence}`);
  if (last && job.exitCode !== last.exitCode) say("I7", `has an exit code that is not its newest attempt's`);
  return found;
}

/** Of a `not-started` only the shortage of something is given back, and only its message tells. */
function isUncharged(outcome: Attempt["outcome"], error: string | null): boolean {
  if (outcome === "interrupted") return true;
  return outcome === "not-started" && /EAGAIN|EMFILE|ENFILE|ENOMEM|fork|unavailable|too many|space/i.test(error ?? "");
}

function asWitnessed({ job, attempts }: History, sightings: readonly Sighting[]): string[] {
  const found: string[] = [];
  const say = (rule: string, what: string) => found.push(`${rule}: ${job.id} ${what}`);
  const byFence = new Map(attempts.map((attempt) => [attempt.fence, attempt]));
  const begun = new Set<number>();
  let newest = 0;
  for (const { kind, fence, attempt } of sightings) {
    const recorded = byFence.get(fence);
    if (recorded?.attempt !== attempt)
      say("I4", `ran as attempt ${attempt}, fence ${fence}, of which nothing is known`);
    if (kind === "O") say("I5", `began with fence ${fence} while an earlier run was still there`);
    if (kind === "L") say("I13", `began with fence ${fence} while its limit key was in full use`);
    if (kind === "S" && begun.has(fence)) say("I5", `was started twice with fence ${fence}`);
    if (fence < newest) say("I5", `was still writing with fence ${fence} after ${newest} had begun`);
    if (kind === "S") begun.add(fence);
    newest = Math.max(newest, fence);
  }
  const success = attempts.find(({ outcome }) => outcome === "succeeded");
  if (success && !sightings.some(({ kind, fence }) => kind === "E" && fence === success.fence)) {
    say("I6", `is completed by fence ${success.fence}, whose run nobody saw reach its end`);
  }
  return found;
}

/** What the log of changes may grow to before SQLite starts it anew: its own limit, and one large transaction. */
const MOST_WAL_BYTES = 80 * 1024 * 1024;

/** I10. Nobody may have the database open. */
export function damage(db: string): string[] {
  const walBytes = statSync(`${db}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const database = new Sqlite(db);
  try {
    const integrity = database.pragma("integrity_check", { simple: true });
    const dangling = database.pragma("foreign_key_check") as unknown[];
    return [
      ...(integrity === "ok" ? [] : [`I10: integrity_check says ${integrity}`]),
      ...(dangling.length === 0 ? [] : [`I10: ${dangling.length} attempts without a job`]),
      ...(walBytes <= MOST_WAL_BYTES ? [] : [`I10: the WAL has ${walBytes} bytes`]),
    ];
  } finally {
    database.close();
  }
}

/** I12. A log line is JSON, in which a stack has no line of its own. */
export function stackTraces(stderr: readonly string[]): string[] {
  return stderr.filter((text) => /^\s+at .*:\d+:\d+/m.test(text)).map((text) => `I12: a user was shown ${text}`);
}
