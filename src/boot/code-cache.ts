/**
 * Keeps V8's compiled code of the program in a file, so that later starts need not compile. The first start of each
 * command adds the functions that this command uses, like Python's `__pycache__`.
 *
 * The file lies in the program's own folder, so a user who could plant a cache could change the program as well. If we
 * may not write there (installed by root, a read-only image), an existing cache is used but not updated. A missing
 * cache costs time and nothing else.
 *
 * V8 accepts a cache for any source of the same length, and a damaged one can crash it. So the file's name contains the
 * build, the V8 version and flags, and the processor, and the file ends with its own checksum. It is written under
 * another name, synced and renamed. So several processes may start at once, and none reads half of one.
 */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import type { Script } from "node:vm";
import * as zlib from "node:zlib";

/** Set by the build, from the program's source. */
declare const BUILD_ID: string;

/**
 * Trailer of the file: the commands whose functions it holds, separated by spaces, and a checksum of all bytes before
 * it.
 */
const WORDS_BYTES = 252;
const TRAILER_BYTES = WORDS_BYTES + 4;

/** A process that lived longer has dropped the code of its start from memory. Seconds. */
const SHORT_LIFE_S = 10;

/** Not in every Node 20. Without a checksum there is no cache. */
const crc32 = (zlib as { crc32?: (data: Uint8Array) => number }).crc32;

export interface CodeCacheOptions {
  readonly folder: string;
  /** Name of the cache: workers have one of their own, since each function makes loading a little slower. */
  readonly name: string;
  /** Command of this process. If the cache does not hold it yet, it is added. */
  readonly command: string;
  readonly source: string;
}

export class CodeCache {
  /** For V8. Undefined: there is no fitting cache. */
  readonly data: Buffer | undefined;
  readonly #folder: string;
  readonly #path: string;
  readonly #command: string;
  readonly #commands: readonly string[];
  readonly #isOurs: boolean;

  constructor({ folder, name, command, source }: CodeCacheOptions) {
    const versions = `${BUILD_ID}-${process.versions.v8}-${process.arch}-${cachedDataVersionTag()}`;
    this.#folder = folder;
    this.#path = join(folder, `${name}-${versions}`);
    this.#command = command;
    // An upgrade may have put another program beside a loader that was already running.
    this.#isOurs = source.includes(`BUILD_ID="${BUILD_ID}"`);
    const file = this.#isOurs ? read(this.#path) : undefined;
    this.data = file?.data;
    this.#commands = file?.commands ?? [];
  }

  /** Writes the cache at the end of the process, if this command is new to it and succeeded. */
  keepUpToDate(script: Script): void {
    if (!this.#isOurs || crc32 === undefined) return;
    const isNew = /^[a-z]{1,16}$/.test(this.#command) && !this.#commands.includes(this.#command);
    const words = [...this.#commands, this.#command].join(" ");
    // V8 may reject a cache for reasons that are not in its name; writing it again would not help.
    if (!isNew || words.length > WORDS_BYTES || script.cachedDataRejected === true) return;
    process.once("exit", (code) => {
      if (code === 0 && process.uptime() < SHORT_LIFE_S) write(this.#folder, this.#path, script, words);
    });
  }
}

function read(path: string): { data: Buffer; commands: readonly string[] } | undefined {
  try {
    const file = readFileSync(path);
    const end = file.length - TRAILER_BYTES;
    if (end <= 0 || crc32?.(file.subarray(0, -4)) !== file.readUInt32LE(file.length - 4)) return undefined;
    return {
      data: file.subarray(0, end),
      commands: file
        .toString("latin1", end, end + WORDS_BYTES)
        .trim()
        .split(" "),
    };
  } catch {
    return undefined;
  }
}

function write(folder: string, path: string, script: Script, words: string): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const fd = openSync(draft, "wx", 0o644);
    try {
      const content = Buffer.concat([script.createCachedData(), Buffer.alloc(TRAILER_BYTES, " ")]);
      content.write(words, content.length - TRAILER_BYTES, "latin1");
      content.writeUInt32LE(crc32?.(content.subarray(0, -4)) ?? 0, content.length - 4);
      writeFileSync(fd, content);
      // Readable for all users, regardless of this one's umask.
      fchmodSync(fd, 0o644);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch {
    discard(draft);
  }
}

function discard(draft: string): void {
  try {
    unlinkSync(draft);
  } catch {
    // The file was never made.
  }
}
