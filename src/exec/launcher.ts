/**
 * A warm shell that runs one command after another: a fork from it costs a third of one from Node, and it is the lifeline
 * that takes its command along when this process dies.
 *
 * The shell is started by the first command, and again by the next one after it was lost; a command that took its
 * shell along (`kill -9 $PPID`) has been killed, and nothing else has happened.
 */
import { type Clock, systemClock } from "../core/clock.js";
import type { Outcome } from "../core/job/outcome.js";
import { Escalation } from "./escalation.js";
import type { Execution, ExecutionRequest } from "./execution.js";
import { requestText, validateRequest } from "./request.js";
import { Run } from "./run.js";
import { Shell } from "./shell.js";
import { Targets } from "./targets.js";

/** Between TERM and KILL, for a command that ran into its timeout and for what a failed one left behind. */
export const KILL_GRACE_MS = 5000;

export interface LauncherOptions {
  /** The whole environment of the launcher, and the base of every command's. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** See {@link KILL_GRACE_MS}. */
  readonly killGraceMs?: number;
  /** The shell that launches; commands always get /bin/sh. */
  readonly shell?: string;
}

export class Launcher {
  readonly #options: LauncherOptions;
  readonly #clock: Clock;
  /** Read once: to ask costs two system calls, and for an instant changes it. */
  readonly #umask = process.umask();
  #shell: Shell | null = null;
  #run: Run | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The shell's, which leads the group in which commands run; null while there is none. */
  get pid(): number | null {
    return this.#shell?.pid ?? null;
  }

  /** Starts the shell, unless it is there, so that the first command need not wait for it. */
  start(): void {
    if (this.#shell?.usable) return;
    this.#shell?.kill();
    this.#shell = this.#newShell();
  }

  /** @throws Error if a command is running, or after {@link close}: the caller's mistake, not an outcome. */
  run(request: ExecutionRequest): Execution {
    if (this.#closing) throw new Error("the launcher is closed");
    if (this.#run) throw new Error("the launcher is busy");
    this.start();
    const shell = this.#shell as Shell;
    const text = requestText(request, shell.nonce, this.#umask);
    const wrong = validateRequest(request, text);
    const run = new Run(request, shell, {
      clock: this.#clock,
      killGraceMs: this.#options.killGraceMs ?? KILL_GRACE_MS,
      onEnded: () => {
        this.#run = null;
      },
    });
    this.#run = run;
    if (wrong === null) shell.send(text);
    else run.launcherGone({ kind: "not-started", message: wrong, transient: false });
    return run;
  }

  /** Kills the command that is running, if one is, and ends the shell. Resolves when nothing of the group is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#run?.stop({ kind: "interrupted" }, 0);
    await this.#run?.ended;
    const shell = this.#shell;
    if (!shell || shell.pid === null) return;
    shell.kill();
    const rest = {
      targets: new Targets(shell.pid, () => false, null),
      isOver: () => shell.gone,
      abandon: () => {},
    };
    await new Escalation(rest, 0, this.#clock).done;
  }

  #newShell(): Shell {
    const shell: Shell = new Shell(this.#options.shell ?? "/bin/sh", this.#options.env, {
      running: (pid) => this.#run?.commandRunning(pid),
      ended: (status, complaint) => this.#run?.commandEnded(status, complaint),
      gone: (outcome: Outcome) => {
        if (this.#shell !== shell) return;
        this.#shell = null;
        this.#run?.launcherGone(outcome);
      },
    });
    return shell;
  }
}
