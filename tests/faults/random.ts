/** Random choices that can be made again: the seed is printed with the line that replays it (mulberry32). */
export const LONG = process.env.FAULTS === "long";

export class Choices {
  readonly seed: number;
  #state: number;

  /** FAULTS_SEED=n replays; `test` names the file that is replayed. */
  constructor(test: string) {
    this.seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    this.#state = this.seed;
    const mode = LONG ? "FAULTS=long " : "";
    process.stderr.write(`replay: ${mode}FAULTS_SEED=${this.seed} npx vitest run ${test}\n`);
  }

  /** In [0, 1). */
  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }
}
