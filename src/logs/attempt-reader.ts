/**
 * Reads the output of one attempt to its end. While the attempt runs, its files are read on from the last offset. When
 * it has ended, the rest comes from its row, into which a short stream has moved meanwhile, from the same offset.
 */

import type { Client } from "../queue/client.js";
import type { Attempt } from "../queue/jobs/job.js";
import { StreamCursor } from "./cursor.js";
import { openStreams, type StreamName, startOf } from "./source.js";

export interface Reading {
  readonly streams: readonly StreamName[];
  /** Number of last lines to begin with. Null: from the beginning. */
  readonly lines: number | null;
  write(name: StreamName, chunk: Buffer, attempt: Attempt): void;
  /** Called for an ended attempt whose output cannot be read now. `absence`: why, as a sentence. */
  onAbsent(absence: string, attempt: Attempt): void;
}

export class AttemptReader {
  readonly #client: Client;
  readonly #reading: Reading;
  readonly #pause: () => Promise<void>;
  readonly #cursors: Partial<Record<StreamName, StreamCursor>> = {};
  #attempt: Attempt;

  /** @param pause waits between two looks */
  constructor(client: Client, attempt: Attempt, reading: Reading, pause: () => Promise<void>) {
    this.#client = client;
    this.#attempt = attempt;
    this.#reading = reading;
    this.#pause = pause;
  }

  /** Resolves to the ended attempt. Undefined: it was deleted meanwhile. */
  async readToEnd(): Promise<Attempt | undefined> {
    for (;;) {
      // Read first, then judge: output that came in between is read from the row in the next round.
      await this.#readOn();
      if (this.#attempt.outcome !== null) return this.#attempt;
      const attempts = await this.#client.jobs.attempts(this.#attempt.jobId);
      const fresh = attempts.find(({ fence }) => fence === this.#attempt.fence);
      if (!fresh) return undefined;
      this.#attempt = fresh;
      if (fresh.outcome === null) await this.#pause();
    }
  }

  async #readOn(): Promise<void> {
    const sources = await openStreams(this.#client, this.#attempt);
    if (!sources) return;
    // What runs elsewhere may come at the next look.
    if (sources.absence !== null && this.#attempt.outcome !== null)
      this.#reading.onAbsent(sources.absence, this.#attempt);
    for (const name of this.#reading.streams) {
      const source = sources[name];
      this.#cursors[name] ??= new StreamCursor(await startOf(source, this.#reading.lines));
      for await (const chunk of this.#cursors[name].readOn(source)) this.#reading.write(name, chunk, this.#attempt);
    }
    sources.stdout.close();
    sources.stderr.close();
  }
}
