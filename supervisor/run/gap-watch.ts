/**
 * Notices when this process did not run for a while: it was stopped, its cgroup was frozen, or the host was suspended.
 * Other processes of the tree may have been as still as we were, and may go on a moment after us. So what was seen of
 * them before the gap says nothing of them now.
 *
 * There is no timer here: the beat of the supervisor looks. It comes each second, however long a look at the store takes.
 */
import type { Clock } from "../../src/core/clock.js";
import { GAP_MS } from "../pure/sweep.js";

export class GapWatch {
  readonly #clock: Pick<Clock, "monotonic">;
  #lookedAt: number;
  #resumedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#lookedAt = clock.monotonic();
  }

  look(): void {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt > GAP_MS) this.#resumedAt = now;
    this.#lookedAt = now;
  }

  /** End of the last gap, on the monotonic clock in milliseconds. -Infinity: there was none. */
  resumedAt(): number {
    this.look();
    return this.#resumedAt;
  }
}
