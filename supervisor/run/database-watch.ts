/**
 * Notices that the database is not the one any more that we have open: deleted, or replaced by a restored backup. What is
 * open lives on without a name, and whatever is enqueued goes into one that we would never look at.
 */
import type { Store } from "../../src/store/contract/store.js";

export class DatabaseWatch {
  readonly #store: Pick<Store, "identity">;
  readonly #opened: string | null;

  private constructor(store: Pick<Store, "identity">, opened: string | null) {
    this.#store = store;
    this.#opened = opened;
  }

  /** For a store that has just been opened. */
  static async of(store: Pick<Store, "identity">): Promise<DatabaseWatch> {
    return new DatabaseWatch(store, await store.identity());
  }

  async isReplaced(): Promise<boolean> {
    try {
      return (await this.#store.identity()) !== this.#opened;
    } catch {
      // The system would not tell, which says nothing about the database.
      return false;
    }
  }
}
