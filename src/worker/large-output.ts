/**
 * Stores large output streams of this worker's attempts, as often as it takes while the store is in trouble: a result is
 * never dropped, and its record comes after its chunks. The attempt keeps its slot and its lease meanwhile.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { QueuectlError } from "../core/errors.js";
import { type Logger, outputDelayed, storeTrouble } from "../observe/log.js";
import type { ChunkKey, OutputChunks, Settlement } from "../store/contract/store.js";
import { LiveOutput } from "./live-output.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export class LargeOutput {
  readonly live: LiveOutput;
  readonly #chunks: Pick<OutputChunks, "put" | "attach">;
  readonly #log: Logger;

  constructor(chunks: OutputChunks, log: Logger) {
    this.live = new LiveOutput(chunks, log);
    this.#chunks = chunks;
    this.#log = log;
  }

  /** Rejects only if the store refuses the chunk itself. */
  async put(key: ChunkKey, bytes: Buffer): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.#chunks.put(key, bytes);
      } catch (error) {
        // As for a result: any other error is about the data.
        if (!(error instanceof QueuectlError)) throw error;
        outputDelayed(this.#log, key.fence, pause, error);
        await sleep(pause);
      }
    }
  }

  /** For an attempt that was ended from another host, which could not read its output. Never rejects. */
  async attach({ fence, output }: Settlement, discardFiles: () => void): Promise<void> {
    try {
      if (output && (await this.#chunks.attach(fence, output))) discardFiles();
    } catch (error) {
      // The supervisor finds the files later.
      storeTrouble(this.#log, "attaching the output of a lost attempt", error);
    }
  }
}
