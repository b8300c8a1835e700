/**
 * Sleeps until another process writes to the store. A write during a look ends the next sleep at once, so none is
 * missed in between.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "./contract/store.js";

export class StoreChanges {
  readonly #stopListening: () => void;
  #changed = false;
  #wake: () => void = () => {};

  constructor(store: Pick<Store, "onWork">) {
    this.#stopListening = store.onWork(() => {
      this.#changed = true;
      this.#wake();
    });
  }

  /** Resolves after a write since it last did; not before `atLeastMs`, and after `atMostMs` in any case. */
  async next({ atLeastMs = 0, atMostMs }: { atLeastMs?: number; atMostMs: number }): Promise<void> {
    const least = Math.min(atLeastMs, atMostMs);
    if (least > 0) await sleep(least);
    if (!this.#changed) await this.#changeWithin(atMostMs - least);
    this.#changed = false;
  }

  close(): void {
    this.#stopListening();
  }

  #changeWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
