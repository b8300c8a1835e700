/**
 * The progress of a long operation, in one line on the terminal. If the operation is short, or stderr is no terminal,
 * nothing is shown.
 *
 * Other processes may write to the terminal at the same time (workers write their log). So a redraw is a single write
 * that leaves the cursor where it is, hides nothing and changes no mode. After a log line or a kill, nothing has to be
 * restored. `LineTerminal` does that; cli-progress's own terminal saves and restores a position that has long scrolled
 * away.
 */
import { humanDuration } from "../../core/text/duration.js";
import { oneLine } from "../../core/text/visible.js";
import { isTerminal, writeBytes, writeText } from "./standard-streams.js";

/** State of the operation. */
export interface Step {
  /** A word: Reading, Writing. A new word begins a new bar. */
  readonly doing: string;
  /** Number of jobs. */
  readonly done: number;
  /** Number of jobs. Undefined: unknown. */
  readonly total?: number | undefined;
  /** Done share, 0 to 1, if the total is unknown. */
  readonly fraction?: number | undefined;
}

export interface Progress {
  /** Whether the bar can be seen. If not, the caller may skip costly counting. */
  readonly visible: boolean;
  update(step: Step): void;
  /** Prints a remark on stderr, above the bar. */
  say(text: string): void;
  /** Erases the bar. May be called again. */
  stop(): void;
}

const PATIENCE_MS = 500;
const ERASE = Buffer.from("\r\x1b[K");

/** @param silent the user wants no bar: --json, -q */
export function openProgress(silent: boolean): Progress {
  if (silent || !isTerminal(2) || process.env.TERM === "dumb") {
    return { visible: false, update() {}, say, stop() {} };
  }
  return new TerminalProgress();
}

function say(text: string): void {
  writeText(2, `${oneLine(text)}\n`);
}

class TerminalProgress implements Progress {
  readonly visible = true;
  readonly #opened = performance.now();
  #since = this.#opened;
  #step: Step | undefined;
  #bar: Pick<import("cli-progress").SingleBar, "update" | "stop"> | undefined;
  #state: "patient" | "shown" | "stopped" = "patient";

  update(step: Step): void {
    const now = performance.now();
    if (step.doing !== this.#step?.doing) this.#since = now;
    this.#step = step;
    this.#bar?.update(shareOf(step) ?? 0);
    if (this.#state !== "patient" || now - this.#opened < PATIENCE_MS) return;
    this.#state = "shown";
    void this.#show();
  }

  say(text: string): void {
    if (this.#bar) writeBytes(2, ERASE);
    say(text);
  }

  stop(): void {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#bar?.stop();
    process.off("exit", this.#erase);
  }

  /** ^C ends a command with `process.exit`. */
  readonly #erase = () => this.stop();

  async #show(): Promise<void> {
    const { default: cliProgress } = await import("cli-progress");
    if (this.#state === "stopped") return;
    const options = {
      ...cliProgress.Presets.shades_classic,
      barsize: 24,
      // A log line may have overwritten the bar.
      forceRedraw: true,
      terminal: new LineTerminal(),
      clearOnComplete: true,
      linewrap: true,
      format: (given: import("cli-progress").Options, { progress }: { progress: number }) =>
        this.#line(cliProgress.Format.BarFormat(progress, given)),
    };
    const bar = new cliProgress.SingleBar(options);
    process.on("exit", this.#erase);
    bar.start(1, (this.#step && shareOf(this.#step)) ?? 0);
    this.#bar = bar;
  }

  #line(bar: string): string {
    return this.#step === undefined ? "" : describeStep(this.#step, performance.now() - this.#since, bar);
  }
}

function shareOf({ done, total, fraction }: Step): number | undefined {
  if (fraction !== undefined) return Math.min(fraction, 1);
  return total === undefined || total === 0 ? undefined : Math.min(done / total, 1);
}

/** @param elapsedMs since this operation began */
export function describeStep(step: Step, elapsedMs: number, bar: string): string {
  const { doing, done, total } = step;
  const share = shareOf(step);
  const parts = [share === undefined ? doing : `${doing} [${bar}] ${Math.floor(share * 100)}%`];
  parts.push(`${done}${total === undefined ? "" : `/${total}`} jobs`);
  if (elapsedMs < PATIENCE_MS || done === 0) return parts.join("  ");
  const rate = (done / elapsedMs) * 1000;
  parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`);
  if (share !== undefined && share > 0 && share < 1) {
    parts.push(`${humanDuration(Math.max(1000, (elapsedMs * (1 - share)) / share))} left`);
  }
  return parts.join("  ");
}

/** A terminal for cli-progress that keeps to one line. */
class LineTerminal {
  isTTY = () => true;
  getWidth = () => process.stderr.columns || 80;
  /** Leaves the last column free: the cursor there would stand on what it erases. */
  write = (text: string) => writeBytes(2, Buffer.from(`\r${text.slice(0, this.getWidth() - 1)}\x1b[K`));
  clearLine = () => writeBytes(2, ERASE);
  cursorTo() {}
  clearRight() {}
  cursorSave() {}
  cursorRestore() {}
}
