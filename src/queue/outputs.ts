/** Where the output of attempts can be read, for what reads it. */
import { filesOfOwner, type OwnersFiles } from "../attempt/owner.js";
import type { QueueContext } from "../attempt/reclaim.js";
import type { ChunkKey } from "../store/contract/store.js";
import type { Attempt } from "./jobs/job.js";

export type { StoredStream, StreamName, StreamPlace } from "../store/contract/store.js";
export { CHUNK_BYTES } from "../store/contract/store.js";

export class Outputs {
  readonly #context: Pick<QueueContext, "home" | "store">;

  constructor(context: Pick<QueueContext, "home" | "store">) {
    this.#context = context;
  }

  /** Where the files of a running attempt are. */
  async filesOf({ workerId }: Pick<Attempt, "workerId">): Promise<OwnersFiles> {
    const { store, home } = this.#context;
    if (store.chunks === null) return { home };
    const worker = (await store.processes.list()).find(({ id }) => id === workerId);
    return filesOfOwner(this.#context, worker);
  }

  /** A part of a stream whose place is `chunks`. Null: it was deleted. */
  async chunk(key: ChunkKey): Promise<Buffer | null> {
    return (await this.#context.store.chunks?.get(key)) ?? null;
  }
}
