/** Random ids of jobs, supervisors and workers. */
import { closeSync, openSync, readSync } from "node:fs";
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 12;

/** Random bytes for a few hundred ids: fetching them costs the same for one as for all. */
const pool = new Uint8Array(8192);
let used = pool.length;

/** Twelve lower-case letters and digits, 62 bits of randomness. */
export function newJobId(): string {
  let id = "";
  while (id.length < LENGTH) {
    if (used === pool.length) {
      fillWithRandom(pool);
      used = 0;
    }
    const byte = pool[used++] as number;
    // 252 is the largest multiple of 36 in a byte. Larger values would favour the first letters.
    if (byte < 252) id += ALPHABET[byte % ALPHABET.length];
  }
  return id;
}

/**
 * Read from the kernel, as node:crypto does, whose loading takes three milliseconds. It needs no descriptor, so it is
 * asked where none is left.
 */
function fillWithRandom(bytes: Uint8Array): void {
  let fd: number;
  try {
    fd = openSync("/dev/urandom", "r");
  } catch {
    const { randomFillSync } = load("node:crypto") as typeof import("node:crypto");
    randomFillSync(bytes);
    return;
  }
  try {
    // A signal ends a long read early.
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(fd, bytes, filled, bytes.length - filled, null);
      if (read === 0) throw new Error("/dev/urandom has ended");
      filled += read;
    }
  } finally {
    closeSync(fd);
  }
}
