/**
 * One command in a launcher, from request to outcome.
 *
 * Either the command ends by itself (its launcher reports, or dies), or we end it (a stop, the timeout). The first
 * cause wins. A success without a stop is settled at once. Any other outcome may be retried, so the remains of the
 * attempt are cleared away first.
 */
import type { Clock } from "../core/clock.js";
import type { Outcome } from "../core/job/outcome.js";
import { after } from "../core/timer.js";
import type { Execution, ExecutionRequest, StopCause } from "./execution.js";
import { Escalation } from "./processes/escalation.js";
import { markerIn } from "./processes/strays.js";
import { Targets } from "./processes/targets.js";
import type { Shell } from "./shell.js";
import { type CommandEnd, outcomeOf } from "./status.js";

type Cause = StopCause | Extract<Outcome, { kind: "timed-out" }>;

/** A shorter command is not worth a look at all processes of the machine, in milliseconds. */
const SHORT_MS = 100;

export interface RunOptions {
  readonly clock: Clock;
  readonly killGraceMs: number;
  /** Called just before {@link Execution.ended} resolves. */
  readonly onEnded: () => void;
}

export class Run implements Execution {
  readonly pid: Promise<number | null>;
  readonly ended: Promise<Outcome>;
  readonly #request: ExecutionRequest;
  readonly #shell: Shell;
  readonly #options: RunOptions;
  readonly #cancelTimeout: (() => void) | null;
  #resolvePid!: (pid: number | null) => void;
  #resolveEnded!: (outcome: Outcome) => void;
  readonly #startedAt: number;
  /** Why we ended it. Null: we did not. */
  #cause: Cause | null = null;
  /** How it ended by itself. Null: it has not. */
  #own: Outcome | null = null;
  #escalation: Escalation | null = null;

  constructor(request: ExecutionRequest, shell: Shell, options: RunOptions) {
    this.#request = request;
    this.#shell = shell;
    this.#options = options;
    this.pid = new Promise((resolve) => {
      this.#resolvePid = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#startedAt = options.clock.monotonic();
    const { timeoutMs } = request;
    this.#cancelTimeout =
      timeoutMs > 0 ? after(timeoutMs, () => this.#end({ kind: "timed-out", timeoutMs }, options.killGraceMs)) : null;
  }

  stop(cause: StopCause, graceMs: number): void {
    this.#end(cause, graceMs);
  }

  commandRunning(pid: number | null): void {
    this.#resolvePid(pid);
  }

  commandEnded(end: CommandEnd): void {
    this.#settle(outcomeOf(end, this.#request));
  }

  launcherGone(outcome: Outcome): void {
    this.#settle(outcome);
  }

  #end(cause: Cause, graceMs: number): void {
    if (this.#own === null) this.#cause ??= cause;
    if (this.#escalation) this.#escalation.shorten(graceMs);
    else if (this.#own === null) this.#escalate(graceMs);
  }

  #settle(own: Outcome): void {
    if (this.#own !== null) return;
    this.#own = own;
    this.#cancelTimeout?.();
    this.#resolvePid(null);
    if (!this.#escalation && this.#needsNoClearing(own)) {
      this.#finish(own);
      return;
    }
    if (this.#escalation) this.#escalation.look();
    else this.#escalate(this.#options.killGraceMs);
  }

  /**
   * If nothing was started, there is nothing to clear. After a short success without leftovers the launcher's TERM
   * suffices: a look at all processes would cost more than the command.
   */
  #needsNoClearing(own: Outcome): boolean {
    if (own.kind === "not-started") return true;
    const isShort = this.#options.clock.monotonic() - this.#startedAt < SHORT_MS;
    return own.kind === "succeeded" && isShort && this.#shell.leftovers.length === 0;
  }

  #finish(outcome: Outcome): void {
    this.#options.onEnded();
    this.#resolveEnded(outcome);
  }

  #escalate(graceMs: number): void {
    const shell = this.#shell;
    // An unsuccessful command may run again and must then meet no daemon of this attempt, so all descendants of the
    // launcher are ended, and the whole machine is searched. A success may leave daemons.
    const mayRunAgain = this.#own?.kind !== "succeeded";
    const subject = {
      targets: new Targets(shell, mayRunAgain ? { marker: markerIn(this.#request.env) } : null),
      isOver: () => this.#own !== null,
      abandon: () => shell.kill(),
    };
    this.#escalation = new Escalation(subject, graceMs, this.#options.clock);
    this.#escalation.done.then(() => {
      if (shell.leftovers.length > 0) shell.retire();
      // Both are null only after a stop that gave up on an unkillable launcher. Then there is a cause.
      const outcome = this.#cause ?? this.#own;
      if (outcome) this.#finish(outcome);
    });
  }
}
