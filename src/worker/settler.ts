/**
 * Writes how attempts ended. Results that arrive together go into one transaction. A result is never dropped: while the
 * database is locked, full or gone the same batch is tried again, for ever, with growing pauses; the job is finished and
 * only the record of it is missing.
 */
import type { Logger } from "../observe/log.js";
import { settleDelayed, settleStale } from "../observe/log.js";
import type { LeaseStore, Settlement } from "../store/store.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export class Settler {
  readonly #store: Pick<LeaseStore, "settle">;
  readonly #log: Logger;
  #waiting: Settlement[] = [];

  constructor(store: Pick<LeaseStore, "settle">, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
  }

  /** Resolves when everything that was added before is on disk. Returns how many leases were still ours. */
  async flush(): Promise<number> {
    const batch = this.#waiting;
    if (batch.length === 0) return 0;
    this.#waiting = [];
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const written = await this.#store.settle(batch);
        batch.forEach((settlement, i) => {
          if (!written[i]) settleStale(this.#log, settlement);
        });
        return written.filter(Boolean).length;
      } catch (error) {
        settleDelayed(this.#log, batch.length, pause, error);
        await new Promise((resume) => setTimeout(resume, pause));
      }
    }
  }
}
