/**
 * `top` on a terminal. It reads the queue after each change and every second, draws, and carries out the requests of
 * keys. Keys are answered at once from the last snapshot.
 */
import { setTimeout as pause } from "node:timers/promises";
import { QueuectlError } from "../../core/errors.js";
import { oneLine } from "../../core/text/visible.js";
import { readTails } from "../../logs/tails.js";
import type { Client } from "../../queue/client.js";
import { readSnapshot } from "../../queue/snapshot/snapshot.js";
import { Throughput } from "../../queue/snapshot/throughput.js";
import { checkDatabase, onChange } from "../../queue/watch.js";
import type { WidthOf } from "../terminal/width.js";
import { frameLines } from "./frame.js";
import { linesOf } from "./log-page.js";
import { Screen } from "./screen.js";
import { firstView, type LogPage, press, type Request, type View, withSnapshot } from "./view.js";

const EVERY_MS = 1000;
/** A busy queue changes all the time, and a user cannot read faster than this. */
const AT_MOST_EVERY_MS = 200;

/** Resolves to the exit code. */
export async function runTop(client: Client, widthOf: WidthOf): Promise<number> {
  const throughput = new Throughput();
  const view = firstView(await readSnapshot(client, throughput));
  return new LiveView(client, widthOf, throughput, view).run();
}

class LiveView {
  readonly #client: Client;
  readonly #widthOf: WidthOf;
  readonly #throughput: Throughput;
  readonly #screen: Screen;
  #view: View;
  #exitCode: number | undefined;
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(client: Client, widthOf: WidthOf, throughput: Throughput, view: View) {
    this.#client = client;
    this.#widthOf = widthOf;
    this.#throughput = throughput;
    this.#view = view;
    this.#screen = new Screen({
      onKey: (key) => this.#press(key),
      onChange: () => this.#draw(),
      onEnd: (code) => this.#end(code),
    });
  }

  async run(): Promise<number> {
    let changed = true;
    const stopWatching = onChange(this.#client, () => {
      changed = true;
      this.#wake();
    });
    this.#screen.open();
    try {
      while (this.#exitCode === undefined) {
        changed = false;
        await this.#look();
        await this.#sleep(AT_MOST_EVERY_MS, () => false);
        await this.#sleep(EVERY_MS - AT_MOST_EVERY_MS, () => changed);
      }
      if (this.#failure !== undefined) throw this.#failure;
      return this.#exitCode;
    } finally {
      stopWatching();
      this.#screen.close();
    }
  }

  /** Sleeps until the time is over, there is a reason, or `top` ends. */
  async #sleep(ms: number, reason: () => boolean): Promise<void> {
    const over = new AbortController();
    const woken = () => {
      if (reason() || this.#exitCode !== undefined) over.abort();
    };
    this.#wake = woken;
    woken();
    await pause(ms, undefined, { signal: over.signal }).catch(() => {});
  }

  async #look(): Promise<void> {
    await checkDatabase(this.#client);
    this.#view = withSnapshot(this.#view, await readSnapshot(this.#client, this.#throughput));
    const { page } = this.#view;
    if (page.kind === "log") await this.#carryOut("log", page.id);
    this.#draw();
  }

  #draw(): void {
    this.#screen.draw(frameLines(this.#view, { ...this.#screen.size, widthOf: this.#widthOf }));
  }

  #press(key: string): void {
    const { view, request } = press(this.#view, key, this.#screen.size.rows);
    this.#view = view;
    this.#draw();
    if (request === undefined) return;
    if (request.kind === "quit") this.#end(0);
    else this.#carryOut(request.kind, request.id).catch((error) => this.#fail(error));
  }

  async #carryOut(kind: Exclude<Request["kind"], "quit">, id: string): Promise<void> {
    try {
      if (kind === "log") await this.#readLog(id);
      else this.#note(kind === "cancel" ? await this.#cancel(id) : await this.#retry(id));
    } catch (error) {
      if (!(error instanceof QueuectlError)) throw error;
      this.#note(error.message);
    }
    this.#draw();
  }

  async #cancel(id: string): Promise<string> {
    this.#note(`Cancelling job ${id} …`);
    const { state } = await this.#client.jobs.cancel(id);
    return `Job ${id} is ${state}`;
  }

  /** A job that waits for its retry becomes due at once. */
  async #retry(id: string): Promise<string> {
    if (!(await this.#client.jobs.expedite(id))) await this.#client.jobs.retry(id);
    return `Moved job ${id} back to the queue`;
  }

  #note(text: string): void {
    this.#view = { ...this.#view, note: oneLine(text) };
    this.#draw();
  }

  async #readLog(id: string): Promise<void> {
    const attempts = await this.#client.jobs.attempts(id);
    const newest = attempts.at(-1);
    const lines = linesOf(await readTails(this.#client, newest));
    const { page } = this.#view;
    // The user has left the page meanwhile.
    if (page.kind !== "log" || page.id !== id) return;
    const title = newest
      ? `Job ${id}, attempt ${newest.attempt}: ${newest.outcome ?? "running"}`
      : `Job ${id} has not run yet`;
    this.#view = { ...this.#view, page: { ...page, title, lines, up: keptPlace(page, lines.length) } };
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#end(1);
  }

  #end(code: number): void {
    this.#exitCode ??= code;
    this.#wake();
  }
}

/**
 * If the user has scrolled up, the shown lines stay while more are written below. At the end, the page stays at the
 * end.
 */
function keptPlace({ up, lines }: LogPage, length: number): number {
  return up === 0 ? 0 : Math.max(0, up + length - lines.length);
}
