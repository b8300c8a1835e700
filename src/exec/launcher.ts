/**
 * A warm shell that runs one command after another. A fork from it costs a third of one from Node. It is also the
 * lifeline that kills its command when this process dies.
 *
 * The first command starts the shell, and the next command starts it again after a loss. If a command kills its own
 * shell (`kill -9 $PPID`), the command counts as killed, and nothing else happens.
 */
import { type Clock, systemClock } from "../core/clock.js";
import type { Outcome } from "../core/job/outcome.js";
import { encodeNames, isShellName } from "../system/variable-names.js";
import type { Execution, ExecutionRequest } from "./execution.js";
import { canReplaceShell, SHELL } from "./plain-command.js";
import { Escalation } from "./processes/escalation.js";
import { Targets } from "./processes/targets.js";
import { type Inherited, requestText, validateRequest } from "./request.js";
import { Run } from "./run.js";
import { Shell } from "./shell.js";

/** Milliseconds between TERM and KILL, after a timeout and for processes that a failed command left behind. */
export const KILL_GRACE_MS = 5000;

export interface LauncherOptions {
  /** The whole environment of the launcher, and the base of every command's. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** See {@link KILL_GRACE_MS}. */
  readonly killGraceMs?: number;
  /** The shell that launches. Commands always get /bin/sh. */
  readonly shell?: string;
  /** Path of the program that makes the shell a subreaper (system/programs.ts). Null or left out: the shell is none. */
  readonly subreaper?: string | null;
  /** Path of the program that gives variables the names that no shell has. Null or left out: those are dropped. */
  readonly namer?: string | null;
  /** Soft limit of open files of each command. Null or left out: this process's. */
  readonly fileLimit?: number | null;
  /** Id of the worker that it belongs to. */
  readonly owner?: string;
}

export class Launcher {
  readonly #options: LauncherOptions;
  readonly #clock: Clock;
  readonly #inherited: Inherited;
  #shell: Shell | null = null;
  #run: Run | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    // Read once: reading it costs two system calls and changes it for an instant.
    this.#inherited = {
      umask: process.umask(),
      fileLimit: options.fileLimit ?? null,
      namer: options.namer ?? null,
      encoded: Object.keys(options.env).some((name) => !isShellName(name)),
      replacesShell: canReplaceShell(options.shell ?? SHELL, options.env),
    };
  }

  /** Pid of the shell, which leads the group of the commands. Null: no shell runs. */
  get pid(): number | null {
    return this.#shell?.pid ?? null;
  }

  /** Starts the shell unless it runs, so that the first command need not wait for it. */
  start(): void {
    if (this.#shell?.usable) return;
    this.#shell?.kill();
    this.#shell = this.#newShell();
  }

  /** @throws Error if a command is running, or after {@link close}: a bug of the caller, not an outcome */
  run(request: ExecutionRequest): Execution {
    if (this.#closing) throw new Error("the launcher is closed");
    if (this.#run) throw new Error("the launcher is busy");
    this.start();
    const shell = this.#shell as Shell;
    const text = requestText(request, shell.nonce, this.#inherited);
    const wrong = validateRequest(request, text, this.#inherited);
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

  /** Kills a running command and ends the shell. Resolves when no process of the group is left. */
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
      targets: new Targets(shell, { marker: null }),
      isOver: () => shell.gone,
      abandon: () => {},
    };
    await new Escalation(rest, 0, this.#clock).done;
  }

  #newShell(): Shell {
    const { shell: path = SHELL, subreaper = null, env, owner = "" } = this.#options;
    const shell: Shell = new Shell(
      {
        path,
        subreaper,
        env: this.#inherited.namer === null ? env : encodeNames(env),
        owner,
        inherited: this.#inherited,
      },
      {
        running: (pid) => this.#run?.commandRunning(pid),
        ended: (end) => this.#run?.commandEnded(end),
        gone: (outcome: Outcome) => {
          if (this.#shell !== shell) return;
          this.#shell = null;
          this.#run?.launcherGone(outcome);
        },
      },
    );
    return shell;
  }
}
