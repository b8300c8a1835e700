/**
 * Notices when this process did not run for a while: it was stopped, its cgroup was frozen, or the host was suspended.
 * Other processes of the tree may have been as still as we were, and may go on a moment after us. So what was seen of
 * them before the gap says nothing of them now.
 */
import type { Clock } from "../../src/core/clock.js";
import { GAP_MS } from "../pure/sweep.js";

const LOOK_EVERY_MS = 1000;

export class GapWatch {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #timer: NodeJS.Timeout;
  #lookedAt: number;
  #resumedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#lookedAt = clock.monotonic();
    // Apart from the sweep, which may rightly take long.
    this.#timer = setInterval(() => this.resumedAt(), LOOK_EVERY_MS).unref();
  }

  /** End of the last gap, on the monotonic clock in milliseconds. -Infinity: there was none. */
  resumedAt(): number {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt > GAP_MS) this.#resumedAt = now;
    this.#lookedAt = now;
    return this.#resumedAt;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
