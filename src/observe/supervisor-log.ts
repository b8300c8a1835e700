/** The wording of the supervisor's log lines. */
import { assertNever } from "../core/assert-never.js";
import type { Job } from "../core/job/job.js";
import { describeOutcome } from "../core/job/outcome.js";
import type { TerminalState } from "../core/job/state.js";
import { humanDuration } from "../core/text/duration.js";
import type { ProcessRecord, Settlement } from "../store/contract/store.js";
import { type Logger, messageOf } from "./log.js";

/** Log lines that the supervisor's pure functions ask for. */
export type SupervisorNote =
  | { readonly kind: "worker-died"; readonly id: string; readonly how: string; readonly nextInMs: number | null }
  | { readonly kind: "worker-unusable"; readonly id: string }
  | { readonly kind: "worker-silent"; readonly id: string; readonly silentMs: number; readonly action: string }
  | { readonly kind: "worker-recycled"; readonly id: string; readonly why: string }
  | { readonly kind: "stopping"; readonly phase: string; readonly graceMs: number | null }
  | { readonly kind: "degraded"; readonly crashes: number }
  | { readonly kind: "recovered" }
  | { readonly kind: "scaled"; readonly from: number; readonly to: number }
  | { readonly kind: "restarting"; readonly workers: number }
  | { readonly kind: "restarted" }
  /** In once mode: number of jobs that ran. */
  | { readonly kind: "ran"; readonly jobs: number }
  | { readonly kind: "drained" }
  | { readonly kind: "database-replaced" };

export function supervisorNote(log: Logger, note: SupervisorNote): void {
  switch (note.kind) {
    case "worker-died":
      return log.error({ worker: note.id }, `worker ${note.id} ${note.how}; ${replacement(note.nextInMs)}`);
    case "worker-unusable":
      return log.fatal(
        { worker: note.id },
        `worker ${note.id} cannot work with this configuration, and neither could a new one`,
      );
    case "worker-silent":
      return log.warn(
        { worker: note.id },
        `worker ${note.id} has been silent for ${humanDuration(note.silentMs)}; ${note.action}`,
      );
    case "worker-recycled":
      return log.info({ worker: note.id }, `worker ${note.id} leaves, ${note.why}; replacing it at once`);
    case "stopping":
      return log.info(stoppingText(note.phase, note.graceMs));
    case "degraded":
      return log.fatal(`${note.crashes} workers died within a minute: degraded, trying one worker every 30 s`);
    case "recovered":
      return log.info("a worker stays alive: back to normal");
    case "scaled":
      return log.info(`the pool has ${note.to} worker(s) from now on instead of ${note.from}`);
    case "restarting":
      return log.info(`replacing ${note.workers} worker(s), one after another; running jobs finish`);
    case "restarted":
      return log.info("every worker has been replaced");
    case "ran":
      return;
    case "database-replaced":
      return log.fatal(
        "the database, or its -wal or -shm, was deleted, emptied or replaced while it was open, or has the schema of another " +
          "version now: leaving, so that the next start opens what is there",
      );
    case "drained":
      return log.info("nothing is due, processing or waiting for a retry: leaving");
    default:
      return assertNever(note);
  }
}

export function supervisorReady(log: Logger, pid: number, workers: readonly number[]): void {
  log.info({ pid, workers }, `supervisor ${pid} is ready with ${workers.length} worker(s): ${workers.join(", ")}`);
}

export function jobsPruned(log: Logger, count: number, states: readonly TerminalState[], retentionMs: number): void {
  const jobs = count === 1 ? "1 job that was" : `${count} jobs that were`;
  log.info({ deleted: count }, `deleted ${jobs} ${states.join(" or ")} for more than ${humanDuration(retentionMs)}`);
}

export function supervisorLeft(log: Logger, code: number): void {
  log.info({ code }, code === 0 ? "stopped" : `stopped with exit code ${code}`);
}

export function notifyFailed(log: Logger, error: unknown): void {
  const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
  const why = missing ? "the program systemd-notify is missing" : messageOf(error);
  log.warn({ err: error }, `cannot report to systemd, going on without it: ${why}`);
}

function replacement(nextInMs: number | null): string {
  if (nextInMs === null) return "it is not replaced for now";
  return nextInMs === 0 ? "replacing it at once" : `replacing it in ${humanDuration(nextInMs)}`;
}

/** @param graceMs null: without end */
function stoppingText(phase: string, graceMs: number | null): string {
  if (phase === "draining" && graceMs === null) return "stopping: running jobs may finish, however long they take";
  if (phase === "draining") return `stopping: running jobs may finish within ${humanDuration(graceMs ?? 0)}`;
  if (phase === "interrupting") return "stopping: ending the jobs that still run; they go back to the queue";
  return "stopping: killing the workers and their jobs";
}

/** @param settlement null: its command had not begun, and the claim was undone */
export function jobReclaimed(log: Logger, job: Job, settlement: Settlement | null, why: string): void {
  if (settlement === null) {
    log.info({ job: job.id }, `job ${job.id} had not begun (${why}); it goes back to the queue uncharged`);
    return;
  }
  const { outcome, decision } = settlement;
  const next = {
    complete: "",
    retry: "it runs again",
    bury: "it is dead",
    release: "it goes back to the queue",
    cancel: "it is cancelled",
  };
  const after = decision.delayMs > 0 ? ` in ${humanDuration(decision.delayMs)}` : "";
  log.warn(
    { job: job.id, outcome: outcome.kind },
    `job ${job.id} ${describeOutcome(outcome) ?? ""} (${why}); ${next[decision.event]}${after}`,
  );
}

export function silentOwner(log: Logger, owner: ProcessRecord, silentMs: number): void {
  log.warn(
    { worker: owner.id, pid: owner.pid },
    `worker ${owner.id} has not renewed its leases for ${humanDuration(silentMs)}; killing it`,
  );
}

export function unkillable(log: Logger, job: Job): void {
  log.error({ job: job.id }, `job ${job.id} left processes that cannot be killed; it is not run again while they live`);
}

export function storeDeaf(log: Logger): void {
  log.warn(
    "the database's notifications do not arrive, so workers look for jobs at an interval; if a pooler is in the way, name the server itself in QUEUECTL_DB_LISTEN",
  );
}
