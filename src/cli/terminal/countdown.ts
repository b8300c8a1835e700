/** Derives done and total from the number of jobs left. Jobs that come in meanwhile are added to the total. */
export class Countdown {
  #left = 0;
  #total = 0;

  next(left: number): { readonly done: number; readonly total: number } {
    this.#total += Math.max(0, left - this.#left);
    this.#left = left;
    return { done: this.#total - left, total: this.#total };
  }
}
