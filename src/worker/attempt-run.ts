/**
 * One attempt from claim to settlement: runs the command in a launcher, judges how it ended, collects its output. Knows
 * nothing of the other slots or of the store.
 */
import { collectFiles } from "../attempt/files.js";
import { outputPaths } from "../attempt/paths.js";
import { settlementOf } from "../attempt/settlement.js";
import { type Config, timeoutOf, timeoutOrigin } from "../config/config.js";
import type { Clock } from "../core/clock.js";
import { exitCodeOf, type Outcome } from "../core/job/outcome.js";
import type { Execution, StopCause } from "../exec/execution.js";
import type { Launcher } from "../exec/launcher.js";
import { OutputLimiter } from "../exec/output-limiter.js";
import { wrongOutput } from "../home/entries.js";
import type { Home } from "../home/home.js";
import { jobEnded, jobStarted, type Logger, policyGone } from "../observe/log.js";
import type { ClaimedJob, Settlement } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import { commandToRun, directoryToRunIn } from "./command-to-run.js";
import { jobEnvironment } from "./job-environment.js";
import type { LargeOutput } from "./large-output.js";

/**
 * A service manager that signals the whole tree reaches the job before us. This is how long we then wait for our own
 * signal, in milliseconds.
 */
const SHUTDOWN_SUSPICION_MS = 500;
const SHUTDOWN_SIGNALS = ["SIGTERM", "SIGINT"];

export interface AttemptContext {
  readonly home: Home;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where large streams go. Null: they stay in their files. */
  readonly chunks: Pick<LargeOutput, "put" | "live"> | null;
  /** Aborted when this worker is told to stop. */
  readonly stopping: AbortSignal;
}

export class AttemptRun {
  readonly job: ClaimedJob;
  /** Resolves to the record of the attempt when its command is gone. Never rejects. */
  readonly settlement: Promise<Settlement>;
  /** Call it when the settlement is on disk. */
  discardFiles: () => void = () => {};
  /** Pid of the command's first process. Null: not yet known. */
  pid: number | null = null;
  readonly #execution: Execution;
  readonly #limiter: OutputLimiter;
  readonly #context: AttemptContext;
  /** Monotonic time. */
  readonly startedAt: number;
  /** On the store's clock. */
  readonly #begunAt: number;
  /** Who set the time limit. */
  readonly #limit: "deadline" | "job" | "policy" | "setting";
  #stopped = false;

  constructor(job: ClaimedJob, launcher: Launcher, context: AttemptContext) {
    this.job = job;
    this.#context = context;
    this.#begunAt = context.clock.now();
    this.startedAt = context.clock.monotonic();
    const paths = outputPaths(context.home, job.fence);
    jobStarted(context.log, job);
    const { policy, resources } = job.options;
    if (policy !== undefined && !context.config.policies.has(policy))
      policyGone(context.log, job, policy, context.home.dir);
    failpoint("before-start");
    const timeout = timeoutOf(job, context.config);
    const timeoutMs = allowedTime(job, timeout, context.clock.now());
    const origin = timeoutOrigin(job, context.config);
    this.#limit = timeoutMs !== timeout ? "deadline" : origin === "job" || origin === "policy" ? origin : "setting";
    this.#execution =
      timeoutMs === null
        ? notStarted("its deadline has passed", false)
        : launcher.run({
            command: commandToRun(job),
            cwd: directoryToRunIn(job),
            env: jobEnvironment(job, context.home),
            stdoutPath: paths.stdout,
            stderrPath: paths.stderr,
            timeoutMs,
            ...(resources && { resources }),
          });
    this.#limiter = new OutputLimiter([paths.stdout, paths.stderr], context.config.values["output-limit"]);
    const droppedFrom = (path: string) => this.#limiter.droppedFrom(path);
    context.chunks?.live.begin({ fence: job.fence, paths, droppedFrom });
    void this.#execution.pid.then((pid) => {
      this.pid = pid;
      if (pid !== null) failpoint("after-start");
    });
    this.settlement = this.#finish();
  }

  stop(cause: StopCause, graceMs: number): void {
    this.#stopped = true;
    this.#execution.stop(cause, graceMs);
  }

  async #finish(): Promise<Settlement> {
    const ended = await this.#execution.ended;
    failpoint("exited-unsettled");
    this.#limiter.stop();
    const outcome = await this.#judge(ended);
    const { job } = this;
    const { home, config, clock, log, chunks } = this.#context;
    await chunks?.live.end(job.fence);
    const { record, discard } = await collectFiles({ home, chunks, limiter: this.#limiter }, job.fence, outcome);
    this.discardFiles = discard;
    const end = { outcome, record, config, now: clock.now() };
    const begun = job.ahead ? { startedAt: this.#begunAt } : {};
    const settlement = Object.assign(settlementOf(job, job.fence, end), { pid: this.pid }, begun);
    jobEnded(log, job, settlement, clock.monotonic() - this.startedAt);
    return settlement;
  }

  /**
   * Adds what the launcher cannot know. A TERM or INT that we did not send may be the first sign of a shutdown of this
   * worker too.
   */
  async #judge(outcome: Outcome): Promise<Outcome> {
    if (outcome.kind === "timed-out") return { ...outcome, limit: this.#limit };
    if (outcome.kind === "not-started") return withoutOutput(outcome, this.#context.home);
    if (this.#stopped || !diedOfShutdownSignal(outcome)) return outcome;
    return (await abortedWithin(this.#context.stopping, SHUTDOWN_SUSPICION_MS)) ? { kind: "interrupted" } : outcome;
  }
}

/** Time limit of the attempt in milliseconds; 0 means no limit. Null: no time is left for it. */
function allowedTime({ deadlineAt }: ClaimedJob, timeout: number, now: number): number | null {
  if (deadlineAt === null) return timeout;
  if (deadlineAt <= now) return null;
  return timeout === 0 ? deadlineAt - now : Math.min(timeout, deadlineAt - now);
}

function notStarted(message: string, transient: boolean): Execution {
  const ended = Promise.resolve({ kind: "not-started", message, transient } as const);
  return { pid: Promise.resolve(null), ended, stop() {} };
}

/**
 * The worker looked at the directory of the output before the claim. If a command cannot start because that has changed
 * since, its attempt is not charged.
 */
function withoutOutput(outcome: Outcome, home: Home): Outcome {
  const wrong = wrongOutput(home);
  return wrong === null
    ? outcome
    : { kind: "not-started", message: `${wrong.message}; ${wrong.hint}`, transient: true };
}

/** By itself, or as a shell says of what it ran. */
function diedOfShutdownSignal(outcome: Outcome): boolean {
  const exitCode = exitCodeOf(outcome);
  return SHUTDOWN_SIGNALS.some((signal) => exitCode === exitCodeOf({ kind: "killed", signal }));
}

function abortedWithin(signal: AbortSignal, ms: number): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), ms);
    const onAbort = () => done(true);
    const done = (aborted: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(aborted);
    };
    signal.addEventListener("abort", onAbort);
  });
}
