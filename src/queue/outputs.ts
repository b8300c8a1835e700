/** The output of attempts, wherever it is kept. */
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { filesOfOwner, type OwnersFiles } from "../attempt/owner.js";
import type { QueueContext } from "../attempt/reclaim.js";
import { QueuectlError } from "../core/errors.js";
import { type AttemptOutput, CHUNK_BYTES, type ChunkKey, type StreamName } from "../store/contract/store.js";
import type { Attempt } from "./jobs/job.js";

export type { AttemptOutput, StoredStream, StreamName, StreamPlace } from "../store/contract/store.js";
export { CHUNK_BYTES };

/** For so long its worker stores an output that a reader asked for. Milliseconds. */
const WATCH_MS = 10_000;
const ASK_EVERY_MS = 3000;
/** A worker looks for readers twice a second. Milliseconds. */
const FIRST_WAIT_MS = 1500;
const FIRST_PAUSE_MS = 100;

export class Outputs {
  readonly #context: Pick<QueueContext, "home" | "store">;

  /** Monotonic times, by fence. */
  readonly #askedAt = new Map<number, number>();
  /** How often a reader looks for more. Another host is asked over the network. Milliseconds. @internal */
  readonly lookEveryMs: number;

  /** @internal */
  constructor(context: Pick<QueueContext, "home" | "store">) {
    this.#context = context;
    this.lookEveryMs = context.store.chunks === null ? 100 : 250;
  }

  /**
   * All that was kept of a stream of an ended attempt, in pieces. Memory holds one of them.
   *
   * ```ts
   * for await (const bytes of client.outputs.read(attempt, "stdout")) process.stdout.write(bytes);
   * ```
   * @throws QueuectlError if it was deleted meanwhile
   */
  async *read({ fence }: Pick<Attempt, "fence">, stream: StreamName): AsyncGenerator<Buffer, void, undefined> {
    const { store, home } = this.#context;
    const output = await store.jobs.output(fence);
    if (output === null) throw deleted();
    const { place, text } = output[stream];
    const path = place.kind === "file" ? join(home.dir, place.path) : null;
    if (place.kind === "chunks") yield* this.#chunks({ fence, stream }, place.size);
    else if (path !== null && existsSync(path)) yield* createReadStream(path);
    else if (text.length > 0) yield text;
  }

  async *#chunks(key: Omit<ChunkKey, "number">, size: number): AsyncGenerator<Buffer, void, undefined> {
    for (let number = 0; number * CHUNK_BYTES < size; number++) {
      const bytes = await this.chunk({ ...key, number });
      if (bytes === null) throw deleted();
      yield bytes;
    }
  }

  /** Where the files of a running attempt are. @internal */
  async filesOf({ workerId }: Pick<Attempt, "workerId">): Promise<OwnersFiles> {
    const { store, home } = this.#context;
    if (store.chunks === null) return { home };
    const worker = (await store.processes.list()).find(({ id }) => id === workerId);
    return filesOfOwner(this.#context, worker);
  }

  /**
   * The output of a running attempt on another host, as far as its worker has stored it, which it does as long as it is
   * asked for. The first call waits a moment for that. @internal
   */
  async live(fence: number): Promise<AttemptOutput | null> {
    const { chunks, jobs, clock } = this.#context.store;
    if (chunks === null) return null;
    const now = clock.monotonic();
    const askedAt = this.#askedAt.get(fence);
    if (askedAt === undefined || now - askedAt >= ASK_EVERY_MS) {
      this.#askedAt.set(fence, now);
      await chunks.watch(fence, WATCH_MS);
    }
    let output = await jobs.output(fence);
    while (askedAt === undefined && isEmpty(output) && clock.monotonic() - now < FIRST_WAIT_MS) {
      await sleep(FIRST_PAUSE_MS);
      output = await jobs.output(fence);
    }
    return output;
  }

  /** A part of a stream whose place is `chunks`. Null: it was deleted. @internal */
  async chunk(key: ChunkKey): Promise<Buffer | null> {
    return (await this.#context.store.chunks?.get(key)) ?? null;
  }
}

/** Also thrown by what reads chunk by chunk. */
export function deleted(): QueuectlError {
  return new QueuectlError("not_found", "the output was deleted while it was read");
}

function isEmpty(output: AttemptOutput | null): boolean {
  return output !== null && output.stdout.place.kind === "row" && output.stderr.place.kind === "row";
}
