/**
 * Ends the processes of an attempt: TERM once, KILL after the grace, and KILL again until none is left.
 *
 * TERM goes to each process that exists when the stop begins, and only once. Processes that the command starts later
 * are its cleanup and may finish. Processes that the command leaves behind at its end get TERM then. KILL goes to pids,
 * not to the group, so that the launcher lives on. It is repeated because a process may have forked in between.
 */
import type { Clock } from "../../core/clock.js";
import { after } from "../../core/timer.js";
import { signalProcess } from "../../system/process/group.js";
import type { Targets } from "./targets.js";

/**
 * How long a launcher may be silent after KILL before it is killed too, in milliseconds. It may be stopped or broken.
 */
const SILENT_MS = 1000;
/**
 * How long to wait after KILL for processes that cannot die (in a dead file system, or another user's), in
 * milliseconds.
 */
const GIVE_UP_MS = 5000;
const LONGEST_PAUSE_MS = 50;

export interface Escalated {
  readonly targets: Targets;
  /** Whether the launcher has reported the command's end, or is gone. */
  isOver(): boolean;
  /** Kills a launcher that does not answer, so that {@link isOver} becomes true. */
  abandon(): void;
}

export class Escalation {
  readonly #subject: Escalated;
  readonly #clock: Clock;
  readonly #told = new Set<number>();
  #killAt = Number.POSITIVE_INFINITY;
  #wake: () => void = () => {};
  /** Resolves when no process is left, or after giving up. Never rejects. */
  readonly done: Promise<void>;

  constructor(subject: Escalated, graceMs: number, clock: Clock) {
    this.#subject = subject;
    this.#clock = clock;
    this.shorten(graceMs);
    this.done = this.#run();
  }

  /** Moves KILL to `graceMs` from now, unless it was to come earlier. */
  shorten(graceMs: number): void {
    this.#killAt = Math.min(this.#killAt, this.#clock.monotonic() + graceMs);
    this.#wake();
  }

  /** Looks again at once, after a change. */
  look(): void {
    this.#wake();
  }

  async #run(): Promise<void> {
    for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const over = this.#subject.isOver();
      const sinceKillMs = this.#clock.monotonic() - this.#killAt;
      const left = this.#left(over || sinceKillMs >= 0);
      if ((over && left?.length === 0) || sinceKillMs >= GIVE_UP_MS) return;

      if (sinceKillMs >= 0) this.#kill(left ?? []);
      else if (over || this.#told.size === 0) this.#tell(left ?? []);
      if (sinceKillMs >= SILENT_MS && !over) this.#subject.abandon();

      const waiting = !over && sinceKillMs < 0 && this.#told.size > 0;
      await this.#sleep(waiting ? -sinceKillMs : Math.min(pauseMs, sinceKillMs < 0 ? -sinceKillMs : pauseMs));
    }
  }

  /** Null: the system would not tell. The next look asks again. */
  #left(thorough: boolean): number[] | null {
    try {
      return this.#subject.targets.find(thorough);
    } catch {
      return null;
    }
  }

  #tell(pids: readonly number[]): void {
    const news = pids.filter((pid) => !this.#told.has(pid));
    if (news.length === 0) return;
    for (const pid of news) {
      this.#told.add(pid);
      signalProcess(pid, "SIGTERM");
    }
    this.#subject.targets.resume();
  }

  #kill(pids: readonly number[]): void {
    this.#subject.targets.kill(pids);
    this.#subject.targets.resume();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = after(Math.ceil(ms), resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
