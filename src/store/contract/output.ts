/**
 * The output of attempts, and the role of the store for output that any host can read: a stream too large for its row,
 * in chunks. A store whose processes are all on one host has no such role, see `store.ts`.
 */

/** Size of each chunk but the last one. */
export const CHUNK_BYTES = 256 * 1024;

export type StreamName = "stdout" | "stderr";

/** Where all that was kept of an output stream is. */
export type StreamPlace =
  /** `text` has all of it. */
  | { readonly kind: "row" }
  /** Its path is relative to the home. */
  | { readonly kind: "file"; readonly path: string }
  /** In {@link OutputChunks}; its size in bytes. */
  | { readonly kind: "chunks"; readonly size: number };

/** The kept part of one output stream of an attempt. */
export interface StoredStream {
  /** All bytes that the command wrote, kept or not. */
  readonly bytes: number;
  /** The whole stream if it is short, otherwise its head and tail. */
  readonly text: Buffer;
  readonly place: StreamPlace;
}

export interface AttemptOutput {
  readonly stdout: StoredStream;
  readonly stderr: StoredStream;
  /**
   * Name of the host that has the output, because the attempt was ended from another one; both streams are empty then.
   * Null: the streams are the output.
   */
  readonly host: string | null;
}

export interface ChunkKey {
  readonly fence: number;
  readonly stream: StreamName;
  /** Position in the stream, from 0. */
  readonly number: number;
}

export interface OutputChunks {
  /**
   * Keeps a chunk, also in the place of an earlier one with the same key. All of them are kept before the attempt is
   * settled with a stream of this place; they are deleted with the attempt.
   */
  put(key: ChunkKey, bytes: Buffer): Promise<void>;
  /** Null: there is none. */
  get(key: ChunkKey): Promise<Buffer | null>;
  /** Of these fences, the ones whose attempt was ended from another host and has its output still on its own. */
  awaited(fences: readonly number[]): Promise<number[]>;
  /** Gives such an attempt its output. False: it does not wait for one, or chunks are missing; nothing was written. */
  attach(fence: number, output: AttemptOutput): Promise<boolean>;
  /** Asks the worker of a running attempt, on any host, to store its output as it grows, for so many milliseconds. */
  watch(fence: number, ms: number): Promise<void>;
  /** Of these fences, the ones whose output is asked for now. */
  watched(fences: readonly number[]): Promise<number[]>;
  /**
   * Says how much of a running attempt's streams is in chunks, for `JobStore.output`. Does nothing if it has ended.
   */
  grown(fence: number, sizes: Readonly<Record<StreamName, number>>): Promise<void>;
  /**
   * Deletes chunks that no attempt refers to: of a worker that died before it could settle, and was not the last to know
   * of its attempt. Resolves to their number.
   */
  deleteOrphans(): Promise<number>;
}
