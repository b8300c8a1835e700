/**
 * Jobs of a call that is too large for memory: a file that only this user can read, one chunk a line. It has no name any
 * more once it is open, so it goes with the process, however that ends. A temporary table would need a connection of
 * our own, which a pooler does not give.
 */

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewJob } from "../contract/store.js";
import type { Chunk, Staging } from "../shared/connection.js";
import type { Work } from "../shared/work.js";
import { inChunks } from "./new-jobs.js";

interface Place {
  readonly at: number;
  readonly length: number;
}

export class FileStaging implements Staging {
  #file: number | undefined;
  #end = 0;
  readonly #places: Place[] = [];
  readonly #ids = new Set<string>();

  get isEmpty(): boolean {
    return this.#file === undefined;
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    this.#file ??= openUnnamed();
    for (const { id } of jobs) this.#ids.add(id);
    for (const chunk of inChunks(jobs)) {
      const bytes = Buffer.from(JSON.stringify(chunk));
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#end + written);
      }
      this.#places.push({ at: this.#end, length: bytes.length });
      this.#end += bytes.length;
    }
  }

  *chunks(): Generator<Work<Chunk>> {
    for (const place of this.#places) yield this.#read(place);
  }

  async idsAmong(names: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(names.filter((name) => this.#ids.has(name)));
  }

  async discard(): Promise<void> {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  // biome-ignore lint/correctness/useYield: it is work as that of other databases
  *#read({ at, length }: Place): Work<Chunk> {
    const bytes = Buffer.allocUnsafe(length);
    for (let read = 0; read < length; ) {
      const more = readSync(this.#file as number, bytes, read, length - read, at + read);
      if (more === 0) throw new Error("the file of staged jobs is shorter than it was");
      read += more;
    }
    return JSON.parse(bytes.toString());
  }
}

function openUnnamed(): number {
  const path = join(tmpdir(), `queuectl-${randomUUID()}`);
  const file = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  return file;
}
