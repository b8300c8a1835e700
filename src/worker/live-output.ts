/**
 * Stores the output of running attempts while a reader on another host asks for it, as the chunks that it will have in
 * the end. If no reader asks, nothing is stored. A look for readers is one query for all attempts.
 */
import { statSync } from "node:fs";
import { putChunksFrom } from "../attempt/chunks.js";
import { type Logger, storeTrouble } from "../observe/log.js";
import type { OutputChunks, StreamName } from "../store/contract/store.js";

const SEND_EVERY_MS = 250;
/** A look for readers comes at every other time. */
const LOOK_EVERY = 2;

export interface LiveAttempt {
  readonly fence: number;
  readonly paths: Readonly<Record<StreamName, string>>;
  /** How many bytes a file that grew too large has lost in its middle. It has other bytes at the same places then. */
  droppedFrom(path: string): number;
}

interface Sent {
  readonly sizes: Record<StreamName, number>;
  readonly dropped: Record<StreamName, number>;
}

export class LiveOutput {
  readonly #chunks: Pick<OutputChunks, "put" | "grown" | "watched">;
  readonly #log: Logger;
  readonly #running = new Map<number, LiveAttempt>();
  readonly #sent = new Map<number, Sent>();
  #watched: readonly number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #sending: Promise<void> | undefined;

  constructor(chunks: Pick<OutputChunks, "put" | "grown" | "watched">, log: Logger) {
    this.#chunks = chunks;
    this.#log = log;
  }

  begin(attempt: LiveAttempt): void {
    this.#running.set(attempt.fence, attempt);
    this.#timer ??= setInterval(() => this.#beat(), SEND_EVERY_MS).unref();
  }

  /** Resolves when nothing of this attempt is being stored any more. */
  async end(fence: number): Promise<void> {
    this.#running.delete(fence);
    this.#sent.delete(fence);
    if (this.#watched.includes(fence)) await this.#sending;
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    if (this.#sending !== undefined) return;
    const sending = this.#send()
      .catch((error) => storeTrouble(this.#log, "storing the output of a running job", error))
      .finally(() => {
        this.#sending = undefined;
      });
    this.#sending = sending;
  }

  async #send(): Promise<void> {
    if (this.#beats++ % LOOK_EVERY === 0) this.#watched = await this.#chunks.watched([...this.#running.keys()]);
    for (const fence of this.#watched) await this.#sendGrown(fence);
  }

  async #sendGrown(fence: number): Promise<void> {
    const sent = this.#sent.get(fence) ?? { sizes: { stdout: 0, stderr: 0 }, dropped: { stdout: 0, stderr: 0 } };
    let grown = false;
    for (const stream of ["stdout", "stderr"] as const) {
      const attempt = this.#running.get(fence);
      if (attempt === undefined) return;
      this.#sent.set(fence, sent);
      grown = (await this.#sendStream(attempt, stream, sent)) || grown;
    }
    if (grown && this.#running.has(fence)) await this.#chunks.grown(fence, sent.sizes);
  }

  /** Resolves to whether there is more of it than before. */
  async #sendStream({ fence, paths, droppedFrom }: LiveAttempt, stream: StreamName, sent: Sent): Promise<boolean> {
    const path = paths[stream];
    const dropped = droppedFrom(path);
    if (dropped !== sent.dropped[stream]) {
      // A reader takes nothing while the chunks are neither the old ones nor the new ones.
      sent.sizes[stream] = 0;
      sent.dropped[stream] = dropped;
      await this.#chunks.grown(fence, sent.sizes);
    }
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= sent.sizes[stream]) return false;
    const stored = await putChunksFrom(this.#chunks, path, { fence, stream }, sent.sizes[stream]);
    // It was cut meanwhile: the next time begins anew.
    if (droppedFrom(path) !== dropped) return false;
    sent.sizes[stream] = stored;
    return true;
  }
}
