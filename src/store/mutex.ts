/**
 * Runs tasks one at a time, in the order in which they came. SQLite gives us one connection, and a transaction must own
 * it alone.
 */
export class Mutex {
  #last: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  async lock(): Promise<void> {
    const before = this.#last;
    let release = (): void => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
  }

  unlock(): void {
    this.#release?.();
  }
}
