/**
 * Writing to stdout and stderr. To a file or a pipe it is one system call: Node's own stream objects take several
 * milliseconds to make, and a short command needs none. A terminal gets Node's.
 */
import { fstatSync, writeSync } from "node:fs";
import { EXIT, QueuectlError } from "../../core/errors.js";

type Output = 1 | 2;

/** By name, since merely naming one makes it. */
const STREAMS = ["stdin", "stdout", "stderr"] as const;

/** When we end if stdout takes no more: as a rule at once, as every filter does. */
let ends: "at once" | "afterwards" | "never" = "at once";
let exitCodeIfCut: number = EXIT.cutOff;
let cutBy: NodeJS.ErrnoException | null = null;

/** From now on it does not matter whether anybody reads. */
export function outliveReaders(): void {
  ends = "never";
}

/** From now on what is under way is done to its end, whoever reads; see {@link unlessCut}. */
export function finishFirst(): void {
  ends = "afterwards";
}

/** The exit code of what was done to its end, unless somebody was not told all of it: then we end as otherwise at once. */
export function unlessCut(exitCode: number): number {
  if (exitCode === EXIT.ok && cutBy !== null) endOutput(cutBy);
  return exitCode;
}

/** What we exit with is known before the last of it is said: a failure is one also to somebody who reads nothing of it. */
export function endsWith(exitCode: number): number {
  if (exitCode !== EXIT.ok) exitCodeIfCut = exitCode;
  return exitCode;
}

export function isTerminal(fd: 0 | Output): boolean {
  // /dev/null is a character device too, so what is not one needs no closer look.
  return fstatSync(fd).isCharacterDevice() && process[STREAMS[fd]].isTTY === true;
}

/**
 * What stderr does not take is left unsaid: remarks are not what the command is for.
 * @throws QueuectlError stdout takes no more, for another reason than that nobody reads it
 */
export function writeTo(fd: Output, data: string | Uint8Array): void {
  let rest = typeof data === "string" ? Buffer.from(data) : data;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest));
  } catch (error) {
    if (fd !== 1) return;
    cutBy ??= error as NodeJS.ErrnoException;
    if (ends === "at once") endOutput(cutBy);
  }
}

function endOutput(error: NodeJS.ErrnoException): never {
  if (error.code === "EPIPE") process.exit(exitCodeIfCut);
  const reason = error.message.replace(/^E[A-Z]+: |, write$/g, "");
  throw new QueuectlError("failed", `cannot write to stdout: ${reason}`, {
    hint: "what the command has changed stays changed",
    cause: error,
  });
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
