/**
 * Lets results gather for a moment, so that several share one wait for the disk. Only while other jobs lie ready: then
 * no slot waits for the claim that goes with the record of the results.
 */

/** Results that are worth a wait for the disk. */
const ENOUGH = 6;
/** Longest time that a result waits for others, in milliseconds. */
const LONGEST_MS = 4;
/** With fewer jobs that lie ready, the next claim comes first. */
const LEAST_READY = 2;

export class Batch {
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param due called when the results are to be recorded */
  constructor(due: () => void) {
    this.#due = due;
  }

  /**
   * A result has come.
   * @param results number that wait for their record
   * @param ready number of jobs that lie ready
   */
  added(results: number, ready: number): void {
    this.#timer ??= setTimeout(() => this.#end(), LONGEST_MS);
    if (!this.waits(results, ready)) this.#due();
  }

  /** Whether the results may wait for others. */
  waits(results: number, ready: number): boolean {
    return results > 0 && results < ENOUGH && ready >= LEAST_READY && !this.#isOver;
  }

  /** The results that have come are being recorded. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isOver = false;
  }

  #end(): void {
    this.#isOver = true;
    this.#due();
  }
}
