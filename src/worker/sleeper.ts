/** The worker's sleep between two passes. It ends after a time, or with a wake-up, also one that came during the pass. */
import { after } from "../core/timer.js";

export class Sleeper {
  #wakeUp: () => void = () => {};
  #woken = false;

  /** Whether a wake-up has come since the last pass began. */
  get woken(): boolean {
    return this.#woken;
  }

  wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  /** A pass begins: it looks at everything that earlier wake-ups were about. */
  beginPass(): void {
    this.#woken = false;
  }

  /**
   * Resolves one turn of the event loop after the wake-up, so that results that arrive together are settled together.
   * @param ms null: until a wake-up
   * @param listen called if there was no wake-up yet; what it returns is called at the end
   */
  sleep(ms: number | null, listen: () => (() => void) | undefined): Promise<void> {
    if (this.#woken) return new Promise((resume) => setImmediate(resume));
    const stopListening = listen();
    return new Promise((resume) => {
      const cancel = ms === null ? undefined : after(ms, () => this.#wakeUp());
      this.#wakeUp = () => {
        cancel?.();
        stopListening?.();
        this.#wakeUp = () => {};
        setImmediate(resume);
      };
    });
  }
}
