/**
 * The line of each value of a file. Kept small: an entry is needed only if a value is not on the line after the
 * previous one.
 */
export class LineIndex {
  readonly #breaks: { readonly position: number; readonly line: number }[] = [];
  #length = 0;
  #last = 0;

  get length(): number {
    return this.#length;
  }

  add(line: number): void {
    if (this.#length === 0 || line !== this.#last + 1) this.#breaks.push({ position: this.#length, line });
    this.#last = line;
    this.#length++;
  }

  lineOf(position: number): number {
    const from = this.#breaks.findLast((entry) => entry.position <= position);
    return from === undefined ? 1 : from.line + position - from.position;
  }
}
