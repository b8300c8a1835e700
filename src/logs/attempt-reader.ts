/**
 * Reads one attempt to its end. While it runs its files are read from where we were; when it has ended, what is left comes from
 * its row, into which a small stream has moved meanwhile, from the same offset.
 */

import type { Attempt } from "../core/job/job.js";
import type { Client } from "../queue/client.js";
import { StreamCursor } from "./cursor.js";
import { openStreams, type StreamName, startOf } from "./source.js";

export interface Reading {
  readonly streams: readonly StreamName[];
  /** Null: from the beginning. */
  readonly lines: number | null;
  write(name: StreamName, piece: Buffer, attempt: Attempt): void;
}

export class AttemptReader {
  readonly #client: Client;
  readonly #reading: Reading;
  readonly #pause: () => Promise<void>;
  readonly #cursors: Partial<Record<StreamName, StreamCursor>> = {};
  #attempt: Attempt;

  /** @param pause between two looks */
  constructor(client: Client, attempt: Attempt, reading: Reading, pause: () => Promise<void>) {
    this.#client = client;
    this.#attempt = attempt;
    this.#reading = reading;
    this.#pause = pause;
  }

  /** Resolves to the attempt as it ended; undefined if it was deleted meanwhile. */
  async readToEnd(): Promise<Attempt | undefined> {
    for (;;) {
      // Read first, judged after: output that came in between is read in the next round, from the row.
      await this.#readOn();
      if (this.#attempt.outcome !== null) return this.#attempt;
      const attempts = await this.#client.store.jobs.attempts(this.#attempt.jobId);
      const fresh = attempts.find(({ fence }) => fence === this.#attempt.fence);
      if (!fresh) return undefined;
      this.#attempt = fresh;
      if (fresh.outcome === null) await this.#pause();
    }
  }

  async #readOn(): Promise<void> {
    const sources = await openStreams(this.#client, this.#attempt);
    if (!sources) return;
    for (const name of this.#reading.streams) {
      const source = sources[name];
      this.#cursors[name] ??= new StreamCursor(startOf(source, this.#reading.lines));
      for (const piece of this.#cursors[name].readOn(source)) this.#reading.write(name, piece, this.#attempt);
    }
    sources.stdout.close();
    sources.stderr.close();
  }
}
