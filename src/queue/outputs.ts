/** Where the output of attempts can be read, for what reads it. */
import { setTimeout as sleep } from "node:timers/promises";
import { filesOfOwner, type OwnersFiles } from "../attempt/owner.js";
import type { QueueContext } from "../attempt/reclaim.js";
import type { AttemptOutput, ChunkKey } from "../store/contract/store.js";
import type { Attempt } from "./jobs/job.js";

export type { AttemptOutput, StoredStream, StreamName, StreamPlace } from "../store/contract/store.js";
export { CHUNK_BYTES } from "../store/contract/store.js";

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
  /** How often a reader looks for more. Another host is asked over the network. Milliseconds. */
  readonly lookEveryMs: number;

  constructor(context: Pick<QueueContext, "home" | "store">) {
    this.#context = context;
    this.lookEveryMs = context.store.chunks === null ? 100 : 250;
  }

  /** Where the files of a running attempt are. */
  async filesOf({ workerId }: Pick<Attempt, "workerId">): Promise<OwnersFiles> {
    const { store, home } = this.#context;
    if (store.chunks === null) return { home };
    const worker = (await store.processes.list()).find(({ id }) => id === workerId);
    return filesOfOwner(this.#context, worker);
  }

  /**
   * The output of a running attempt on another host, as far as its worker has stored it, which it does as long as it is
   * asked for. The first call waits a moment for that.
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

  /** A part of a stream whose place is `chunks`. Null: it was deleted. */
  async chunk(key: ChunkKey): Promise<Buffer | null> {
    return (await this.#context.store.chunks?.get(key)) ?? null;
  }
}

function isEmpty(output: AttemptOutput | null): boolean {
  return output !== null && output.stdout.place.kind === "row" && output.stderr.place.kind === "row";
}
