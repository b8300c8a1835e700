/** The slots of a worker: the launchers, which of them are free, and the attempts that run in the others. */
import { Launcher, type LauncherOptions } from "../exec/launcher.js";
import type { AttemptRun } from "./attempt-run.js";

export class Slots {
  /** By fence. */
  readonly running = new Map<number, AttemptRun>();
  readonly #freeLaunchers: Launcher[];
  #allowed: number;

  /**
   * @param count number of launchers
   * @param allowed most attempts that run at once for now
   */
  constructor(count: number, allowed: number, options: LauncherOptions) {
    this.#allowed = allowed;
    this.#freeLaunchers = Array.from({ length: count }, () => new Launcher(options));
  }

  get free(): number {
    return Math.min(this.#freeLaunchers.length, Math.max(0, this.#allowed - this.running.size));
  }

  /** Running attempts go on, also if there are more of them. */
  allow(slots: number): void {
    this.#allowed = slots;
  }

  /** How long the attempt of each busy slot has run at this monotonic time. Milliseconds. */
  runningMs(now: number): number[] {
    return [...this.running.values()].map(({ startedAt }) => now - startedAt);
  }

  /** Begins an attempt in a free slot, which is free again when the attempt has ended. */
  begin(attemptIn: (launcher: Launcher) => AttemptRun): AttemptRun {
    const launcher = this.#freeLaunchers.pop();
    if (!launcher) throw new Error("there is no free slot");
    const attempt = attemptIn(launcher);
    const { fence } = attempt.job;
    this.running.set(fence, attempt);
    void attempt.settlement.then(() => {
      this.running.delete(fence);
      this.#freeLaunchers.push(launcher);
    });
    return attempt;
  }

  async close(): Promise<void> {
    await Promise.all(this.#freeLaunchers.map((launcher) => launcher.close()));
  }
}
