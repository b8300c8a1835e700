/** How far something long has come, on stderr; nothing if it is done before one would look. */
import cliProgress from "cli-progress";

const PATIENCE_MS = 500;

export class ProgressBar {
  readonly #verb: string;
  readonly #total: number;
  readonly #since = performance.now();
  #bar: cliProgress.SingleBar | null = null;

  /**
   * @param verb what is being done: `Reading`
   * @param total 0 if nobody knows
   */
  constructor(verb: string, total: number) {
    this.#verb = verb;
    this.#total = total;
  }

  update({ done, jobs }: { readonly done: number; readonly jobs: number }): void {
    if (performance.now() - this.#since < PATIENCE_MS) return;
    this.#bar ??= this.#start(jobs);
    this.#bar.update(Math.min(done, this.#total), { jobs });
  }

  stop(): void {
    this.#bar?.stop();
  }

  #start(jobs: number): cliProgress.SingleBar {
    const format = this.#total > 0 ? `${this.#verb} [{bar}] {percentage}%  {jobs} jobs` : `${this.#verb}  {jobs} jobs`;
    const bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
      cliProgress.Presets.shades_classic,
    );
    bar.start(this.#total, 0, { jobs });
    return bar;
  }
}
