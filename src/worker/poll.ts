/**
 * When an idle worker looks for jobs although no write woke it: when the next job is due, and at each poll interval if
 * another process wrote. Between two polls of an idle queue nothing happens, so such a poll asks only for the version of
 * the store, which is far cheaper than a claim. The time is asked again as well, since a clock may jump.
 */
import type { Store } from "../store/contract/store.js";

export class Poll {
  readonly #store: Pick<Store, "version" | "clock">;
  #everyMs = 0;
  #dueAt: number | null = null;
  /** Version of the store before the claim that is under way. Null: not known. */
  #asked: unknown = null;
  /** Version of the store before the last claim that was answered. Null: not known, or no claim was made since. */
  #seen: unknown = null;

  constructor(store: Pick<Store, "version" | "clock">) {
    this.#store = store;
  }

  /** Call it before a claim. @param idle whether no attempt runs: a busy worker claims at each poll */
  async begin(idle: boolean): Promise<void> {
    this.#seen = null;
    this.#asked = idle ? await this.#store.version() : null;
  }

  /** Call it after a claim that left slots free. Returns how long to sleep, in milliseconds. */
  claimed(everyMs: number, nextDueAt: number | null): number {
    this.#seen = this.#asked;
    this.#everyMs = everyMs;
    this.#dueAt = nextDueAt;
    return this.#restMs();
  }

  /** The sleep is over. Resolves to how long to sleep on, in milliseconds. 0: it is time to claim. */
  async goOn(): Promise<number> {
    if (this.#seen === null || (await this.#store.version()) !== this.#seen) return 0;
    return this.#restMs();
  }

  #restMs(): number {
    if (this.#dueAt === null) return this.#everyMs;
    return Math.min(this.#everyMs, Math.max(0, this.#dueAt - this.#store.clock.now()));
  }
}
