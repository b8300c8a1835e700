/**
 * Writing to stdout and stderr. To a file or a pipe it is one system call: Node's own stream objects take several
 * milliseconds to make, and a short command needs none. A terminal gets Node's.
 */
import { fstatSync, writeSync } from "node:fs";

type Output = 1 | 2;

/** By name, since merely naming one makes it. */
const STREAMS = ["stdin", "stdout", "stderr"] as const;

/** Whether a write to a pipe that nobody reads any more is the end of us, as for every filter. */
let endsWithReader = true;

/** From now on a reader that goes away is ignored. */
export function outliveReaders(): void {
  endsWithReader = false;
}

export function isTerminal(fd: 0 | Output): boolean {
  // /dev/null is a character device too, so what is not one needs no closer look.
  return fstatSync(fd).isCharacterDevice() && process[STREAMS[fd]].isTTY === true;
}

export function writeTo(fd: Output, data: string | Uint8Array): void {
  let rest = typeof data === "string" ? Buffer.from(data) : data;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
    if (endsWithReader) process.exit();
  }
}

function writeSome(fd: Output, data: Uint8Array): number {
  try {
    return writeSync(fd, data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    // Somebody made the pipe non-blocking, and it is full: wait until its reader has caught up a little.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}
