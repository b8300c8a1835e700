/** How far a long file has been read, on stderr; nothing if it is done before one would look. */
import cliProgress from "cli-progress";

const PATIENCE_MS = 500;

export class ReadBar {
  readonly #total: number;
  readonly #since = performance.now();
  #bar: cliProgress.SingleBar | null = null;

  /** @param total bytes; 0 if nobody knows */
  constructor(total: number) {
    this.#total = total;
  }

  update({ bytes, jobs }: { readonly bytes: number; readonly jobs: number }): void {
    if (performance.now() - this.#since < PATIENCE_MS) return;
    this.#bar ??= this.#start(jobs);
    this.#bar.update(Math.min(bytes, this.#total), { jobs });
  }

  stop(): void {
    this.#bar?.stop();
  }

  #start(jobs: number): cliProgress.SingleBar {
    const format = this.#total > 0 ? "Reading [{bar}] {percentage}%  {jobs} jobs" : "Reading  {jobs} jobs";
    const bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
      cliProgress.Presets.shades_classic,
    );
    bar.start(this.#total, 0, { jobs });
    return bar;
  }
}
