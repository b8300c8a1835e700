/**
 * Notices that the open database was deleted, emptied, or replaced by a restored backup, or that its write-ahead log
 * was. The open one lives on without a name, and new jobs go into one that we would never look at.
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
      // The system does not tell, which says nothing about the database.
      return false;
    }
  }
}
