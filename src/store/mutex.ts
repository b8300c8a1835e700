/** Runs tasks one at a time, in the order in which they came: a transaction must own its connection alone. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;
  /** Tasks that run or wait. */
  #tasks = 0;

  get isFree(): boolean {
    return this.#tasks === 0;
  }

  async lock(): Promise<void> {
    this.#tasks++;
    const before = this.#last;
    let release = (): void => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
  }

  unlock(): void {
    this.#tasks--;
    this.#release?.();
  }
}
