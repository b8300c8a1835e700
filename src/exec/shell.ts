/**
 * One shell of a launcher: spawns it in a group of its own, carries text to it and reports from it, and notices its
 * exit. It knows nothing of jobs.
 *
 * Node's ends of the pipes are close-on-exec, so no other child holds the lifeline open.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Outcome } from "../core/job/outcome.js";
import { Children } from "../system/process/children.js";
import { signalGroup } from "../system/process/group.js";
import { newJobId } from "../system/random-id.js";
import { launcherScript } from "./launcher-script.js";
import { isShortage, spawnFailed } from "./not-started.js";
import { LAUNCHER } from "./processes/orphans.js";
import { type Inherited, requestFunction } from "./request.js";
import { type CommandEnd, StatusReader, withoutPrefix } from "./status.js";

export interface ShellEvents {
  /** The command's first process exists. Null: the system does not tell its pid. */
  running(pid: number | null): void;
  ended(end: CommandEnd): void;
  /** The shell is gone. `outcome`: what that means for a running command. Called once, after the last `ended`. */
  gone(outcome: Outcome): void;
}

export interface ShellProgram {
  /** Path of the shell. */
  readonly path: string;
  /** Path of the program that makes it a subreaper (system/programs.ts). Null: it stays a plain shell. */
  readonly subreaper: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Id of the worker, for its supervisor that looks for launchers of the dead. */
  readonly owner: string;
  readonly inherited: Inherited;
}

export class Shell {
  readonly nonce = newJobId();
  readonly #status = new StatusReader(this.nonce);
  readonly #child: ChildProcess | null;
  readonly #events: ShellEvents;
  readonly #children: Children | null;
  #readerPid: number | null = null;
  #usable = true;
  #gone = false;

  /** Never throws: if a shell cannot be spawned, `gone` follows a moment later. */
  constructor(program: ShellProgram, events: ShellEvents) {
    this.#events = events;
    this.#child = this.#spawn(program);
    this.#children = this.pid === null ? null : new Children(this.pid);
  }

  /** Also the id of its group. Null: it could not be spawned. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Whether it may get another command. False: it is gone, going, or without its lifeline. */
  get usable(): boolean {
    return this.#usable;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /**
   * Whether a process of the group belongs to the living launcher, not to a command. Before the reader has reported, no
   * request was read, so all of them do.
   */
  isOurs(pid: number): boolean {
    return !this.#gone && (this.#readerPid === null || pid === this.#readerPid || pid === this.#child?.pid);
  }

  /** Whether the process is there, so that its pid is its own. */
  get isAlive(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /**
   * Processes that a command left behind, as far as they are children of the shell. If the shell is a subreaper, every
   * process of an attempt is one or descends from one.
   */
  get leftovers(): number[] {
    return this.isAlive ? (this.#children?.others((pid) => this.isOurs(pid)) ?? []) : [];
  }

  /** Kills {@link leftovers} and what they hand over, sooner than they can fork. */
  killLeftovers(): void {
    if (this.isAlive) this.#children?.killOthers((pid) => this.isOurs(pid));
  }

  /** Gives it no other command: the descendants of a launcher belong to one attempt. */
  retire(): void {
    this.#usable = false;
  }

  /** Silent if the shell is gone: the `gone` event tells enough. */
  send(text: string): void {
    if (this.pid !== null) this.#child?.stdin?.write(text);
  }

  /** Kills the whole group at once; `gone` follows. */
  kill(): void {
    this.#usable = false;
    if (this.pid !== null) signalGroup(this.pid, "SIGKILL");
  }

  #spawn({ path, subreaper, env, owner, inherited }: ShellProgram): ChildProcess | null {
    const [program = path, ...words] = [...(subreaper === null ? [] : [subreaper]), path, "-s", LAUNCHER, owner];
    let child: ChildProcess;
    try {
      child = spawn(program, words, {
        env,
        cwd: "/",
        detached: true,
        stdio: ["pipe", "pipe", "ignore", "pipe"],
      });
    } catch (error) {
      queueMicrotask(() => this.#end(spawnFailed(error as NodeJS.ErrnoException)));
      return null;
    }
    child.on("error", (error) => {
      if (child.pid === undefined) this.#end(spawnFailed(error));
    });
    if (child.pid === undefined) return child;
    const lifeline = child.stdio[3] as Socket;
    // A broken pipe tells no more than the exit that follows.
    for (const stream of [child.stdin, child.stdout, lifeline]) stream?.on("error", () => {});
    // A character may come in two pieces.
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    // The reader says nothing. If it ends, a job has killed it, and the next death of a worker would go unnoticed.
    lifeline.resume().on("end", () => {
      this.#usable = false;
    });
    child.on("exit", () => this.kill());
    child.on("close", (_code, signal) => this.#end(this.#exitOutcome(signal)));
    child.stdin?.write(launcherScript(this.nonce, requestFunction(this.nonce, inherited)));
    return child;
  }

  #read(text: string): void {
    for (const report of this.#status.read(text)) {
      if (report.kind === "ready") this.#readerPid = report.value;
      else if (report.kind === "running") this.#events.running(Number.isNaN(report.value) ? null : report.value);
      else this.#events.ended({ status: report.value, complaint: report.complaint, interrupted: report.interrupted });
    }
  }

  #end(outcome: Outcome): void {
    this.#usable = false;
    this.#gone = true;
    this.#children?.close();
    this.#events.gone(outcome);
  }

  /** A shell that cannot fork says so and exits. Any other exit kills its command too. */
  #exitOutcome(signal: NodeJS.Signals | null): Outcome {
    const { complaint } = this.#status;
    if (signal === null && isShortage(complaint)) {
      return { kind: "not-started", message: withoutPrefix(complaint), transient: true };
    }
    return { kind: "killed", signal: signal ?? "SIGKILL" };
  }
}
