/**
 * Whether the home lets another job start. On a full disk a job that writes fails through no fault of its own, and its
 * result cannot be recorded. Without a directory for its output it cannot start at all. So no job starts then, and
 * running ones may finish.
 */
import type { Clock } from "../core/clock.js";
import { wrongOutput } from "../home/entries.js";
import { diskShortage } from "../home/free-space.js";
import type { Home } from "../home/home.js";
import type { Finding } from "../home/trust.js";

/** A disk does not fill up faster. Milliseconds. */
const LOOK_EVERY_MS = 1000;
const TELL_EVERY_MS = 60_000;

export interface Tell {
  diskFull(shortage: string): void;
  outputUnusable(finding: Finding): void;
}

export class HomeCheck {
  readonly #home: Pick<Home, "dir" | "outputDir">;
  readonly #clock: Clock;
  readonly #tell: Tell;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #shortage: string | null = null;

  /** @param tell called now and then while no job can start */
  constructor(home: Pick<Home, "dir" | "outputDir">, clock: Clock, tell: Tell) {
    this.#home = home;
    this.#clock = clock;
    this.#tell = tell;
  }

  allowsJobs(): boolean {
    const now = this.#clock.monotonic();
    // The output is looked at each time: one job that starts without its directory would lose an attempt.
    const output = wrongOutput(this.#home);
    if (output !== null) {
      this.#say(now, () => this.#tell.outputUnusable(output));
      return false;
    }
    if (now - this.#lookedAt >= LOOK_EVERY_MS) {
      this.#lookedAt = now;
      this.#shortage = diskShortage(this.#home);
    }
    const shortage = this.#shortage;
    if (shortage === null) return true;
    this.#say(now, () => this.#tell.diskFull(shortage));
    return false;
  }

  #say(now: number, tell: () => void): void {
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    tell();
  }
}
