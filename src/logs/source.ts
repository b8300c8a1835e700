/**
 * Finds an output stream of an attempt. While the attempt runs, the stream is in its files. Afterwards a short stream
 * is in the row, and a long one still in its file, or in chunks in the database.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { outputPaths } from "../attempt/paths.js";
import type { Home } from "../home/home.js";
import type { Client } from "../queue/client.js";
import type { Attempt } from "../queue/jobs/job.js";
import type { AttemptOutput, StoredStream, StreamName } from "../queue/outputs.js";
import { chunkSource } from "./chunk-source.js";

export type { StreamName } from "../queue/outputs.js";

export const STREAMS = ["stdout", "stderr"] as const satisfies readonly StreamName[];

const CHUNK_BYTES = 64 * 1024;

/** One stream, readable from any offset. */
export interface Source {
  /** Bytes at the opening; a file may grow. */
  readonly size: number;
  /** Tells a file from another one of the same name. Null: the source is no file. */
  readonly inode: number | null;
  /** `length` bytes from `offset`, or as many as there are; empty at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): void;
}

export interface Streams extends Record<StreamName, Source> {
  /** Why the streams are empty although the command may have written, as a sentence. Null: they are what there is. */
  readonly absence: string | null;
}

/** Both streams as they are now. Null: the attempt is gone. */
export async function openStreams(client: Client, attempt: Attempt): Promise<Streams | null> {
  if (attempt.outcome === null) return runningStreams(client, attempt);
  const output = await client.jobs.output(attempt);
  if (output === null) return null;
  const { host } = output;
  const absence =
    host === null ? null : `the output is still on ${named(host)}, whose supervisor sends it when it runs`;
  return { ...storedStreams(client, attempt.fence, output), absence };
}

async function runningStreams(client: Client, attempt: Attempt): Promise<Streams> {
  const files = filesIn(client.home, attempt);
  if (files.stdout !== null) return withEmpty(files, null);
  const { home, elsewhere } = await client.outputs.filesOf(attempt);
  if (elsewhere === undefined) return withEmpty(filesIn(home, attempt), null);
  const output = await client.outputs.live(attempt.fence);
  const isStored = output !== null && [output.stdout, output.stderr].some(({ place }) => place.kind === "chunks");
  if (isStored) return { ...storedStreams(client, attempt.fence, output), absence: null };
  return withEmpty(files, `it runs on ${named(elsewhere)}; logs -f shows its output`);
}

function storedStreams(client: Client, fence: number, output: AttemptOutput): Record<StreamName, Source> {
  const open = (stream: StreamName) => storedSource(client, { fence, stream }, output[stream]);
  return { stdout: open("stdout"), stderr: open("stderr") };
}

function filesIn(home: Home, { fence }: Attempt): Record<StreamName, Source | null> {
  const paths = outputPaths(home, fence);
  return { stdout: fileSource(paths.stdout), stderr: fileSource(paths.stderr) };
}

function withEmpty({ stdout, stderr }: Record<StreamName, Source | null>, absence: string | null): Streams {
  return { stdout: stdout ?? bufferSource(Buffer.alloc(0)), stderr: stderr ?? bufferSource(Buffer.alloc(0)), absence };
}

function named(host: string): string {
  return host === "" ? "another host" : `the host ${host}`;
}

/** If the file of the row is gone or unreadable, the part that the row kept is used. */
function storedSource(
  client: Client,
  key: { readonly fence: number; readonly stream: StreamName },
  { place, text }: StoredStream,
): Source {
  if (place.kind === "row") return bufferSource(text);
  if (place.kind === "chunks") return chunkSource((number) => client.outputs.chunk({ ...key, number }), place.size);
  try {
    return fileSource(join(client.home.dir, place.path)) ?? bufferSource(text);
  } catch {
    return bufferSource(text);
  }
}

function bufferSource(text: Buffer): Source {
  return {
    size: text.length,
    inode: null,
    read: async (offset, length) => text.subarray(offset, offset + length),
    close: () => {},
  };
}

/** Null: there is no such file. */
export function fileSource(path: string): Source | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  return {
    get size() {
      return fstatSync(file).size;
    },
    inode: fstatSync(file).ino,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, offset));
    },
    close: () => closeSync(file),
  };
}

/** From `offset` to the end that the source has now. */
export async function* chunks(source: Source, offset = 0): AsyncGenerator<Buffer> {
  const { size } = source;
  for (let at = offset; at < size; ) {
    const chunk = await source.read(at, Math.min(CHUNK_BYTES, size - at));
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}

/** Offset of the last `lines` lines. */
export async function tailOffset(source: Source, lines: number): Promise<number> {
  const { size } = source;
  if (lines === 0) return size;
  let wanted = lines;
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const begin = Math.max(0, end - CHUNK_BYTES);
    const chunk = await source.read(begin, end - begin);
    for (let i = chunk.length - 1; i >= 0; i--) {
      // The line end at the very end belongs to the last line.
      if (chunk[i] === 10 && begin + i !== size - 1 && --wanted === 0) return begin + i + 1;
    }
  }
  return 0;
}

/** Offset of the last `lines` lines. Null: all lines, so 0. */
export async function startOf(source: Source, lines: number | null): Promise<number> {
  return lines === null ? 0 : tailOffset(source, lines);
}
