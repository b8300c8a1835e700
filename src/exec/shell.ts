/**
 * One shell of a launcher: spawns it in a group of its own, carries text to it and reports from it, and notices its
 * death. It knows nothing of jobs.
 *
 * Node's ends of the pipes are close-on-exec, so no other child holds the lifeline open.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Outcome } from "../core/job/outcome.js";
import { signalGroup } from "../system/process-group.js";
import { launcherScript } from "./launcher-script.js";
import { isShortage, spawnFailed } from "./not-started.js";
import { StatusReader, withoutPrefix } from "./status.js";

export interface ShellEvents {
  /** The command's first process is there; null where the system does not tell which. */
  running(pid: number | null): void;
  /** The command ended; `complaint` is what the shell said before. */
  ended(status: number, complaint: string): void;
  /** The shell is gone, and what that means for a command that it was running. Called once, after the last `ended`. */
  gone(outcome: Outcome): void;
}

export class Shell {
  readonly nonce = randomBytes(8).toString("hex");
  readonly #status = new StatusReader(this.nonce);
  readonly #child: ChildProcess | null;
  readonly #events: ShellEvents;
  #readerPid: number | null = null;
  #usable = true;
  #gone = false;

  /** Never throws: a shell that cannot be spawned is `gone` a moment later. */
  constructor(path: string, env: Readonly<Record<string, string>>, events: ShellEvents) {
    this.#events = events;
    this.#child = this.#spawn(path, env);
  }

  /** Also the id of its group. Null if it could not be spawned. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** False once it must not get another command: it is gone, going, or lost its lifeline. */
  get usable(): boolean {
    return this.#usable;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /**
   * Whether a member of the group is the living launcher's own, not a command's. Before it has reported its reader it has
   * read no request, so that all are.
   */
  isOurs(pid: number): boolean {
    return !this.#gone && (this.#readerPid === null || pid === this.#readerPid || pid === this.#child?.pid);
  }

  /** To a shell that is gone it says nothing: the `gone` event tells enough. */
  send(text: string): void {
    if (this.pid !== null) this.#child?.stdin?.write(text);
  }

  /** Kills the whole group at once; `gone` follows. */
  kill(): void {
    this.#usable = false;
    if (this.pid !== null) signalGroup(this.pid, "SIGKILL");
  }

  #spawn(path: string, env: Readonly<Record<string, string>>): ChildProcess | null {
    let child: ChildProcess;
    try {
      child = spawn(path, ["-s", "queuectl-launcher"], {
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
    // A broken pipe says no more than the exit that follows.
    for (const stream of [child.stdin, child.stdout, lifeline]) stream?.on("error", () => {});
    // A character may come in two pieces.
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    // It has nothing to say: if it ends, a job has killed the reader, and the next worker's death would go unnoticed.
    lifeline.resume().on("end", () => {
      this.#usable = false;
    });
    child.on("exit", () => this.kill());
    child.on("close", (_code, signal) => this.#end(this.#exitOutcome(signal)));
    child.stdin?.write(launcherScript(this.nonce));
    return child;
  }

  #read(text: string): void {
    for (const report of this.#status.read(text)) {
      if (report.kind === "ready") this.#readerPid = report.value;
      else if (report.kind === "running") this.#events.running(Number.isNaN(report.value) ? null : report.value);
      else this.#events.ended(report.value, report.complaint);
    }
  }

  #end(outcome: Outcome): void {
    this.#usable = false;
    this.#gone = true;
    this.#events.gone(outcome);
  }

  /** A shell that cannot fork says so and exits. Any other death takes its command along. */
  #exitOutcome(signal: NodeJS.Signals | null): Outcome {
    const { complaint } = this.#status;
    if (signal === null && isShortage(complaint)) {
      return { kind: "not-started", message: withoutPrefix(complaint), transient: true };
    }
    return { kind: "killed", signal: signal ?? "SIGKILL" };
  }
}
