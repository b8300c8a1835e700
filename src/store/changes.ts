/**
 * Sleeps until another process writes to the store. A write during a look ends the next sleep at once, so none is
 * missed in between. If the database was replaced, no write would ever be seen, and waiting ends with an error.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { UnusableError } from "../core/errors.js";
import type { Store } from "./contract/store.js";

export class StoreChanges {
  readonly #store: Pick<Store, "onWork" | "isReplaced">;
  readonly #stopListening: () => void;
  #changed = false;
  #wake: () => void = () => {};

  constructor(store: Pick<Store, "onWork" | "isReplaced">) {
    this.#store = store;
    this.#stopListening = store.onWork(() => {
      this.#changed = true;
      this.#wake();
    });
  }

  /**
   * Resolves after a write since it last did; not before `atLeastMs`, and after `atMostMs` in any case.
   * @throws UnusableError if the open database is no longer the one at its location
   */
  async next({ atLeastMs = 0, atMostMs }: { atLeastMs?: number; atMostMs: number }): Promise<void> {
    const least = Math.min(atLeastMs, atMostMs);
    if (least > 0) await sleep(least);
    if (!this.#changed) await this.#changeWithin(atMostMs - least);
    this.#changed = false;
    await throwIfReplaced(this.#store);
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

/** For a process that looks at an open database for long. @throws UnusableError */
export async function throwIfReplaced(store: Pick<Store, "isReplaced">): Promise<void> {
  if (!(await store.isReplaced())) return;
  throw new UnusableError(
    "the database was deleted, emptied or replaced while it was open",
    "try again, which opens the one that is there now",
  );
}
