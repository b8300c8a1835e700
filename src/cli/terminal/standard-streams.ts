/**
 * Writes to stdout and stderr. For a file or a pipe that is one system call: Node's own stream objects take several
 * milliseconds to make, and a short command needs none. A terminal gets Node's streams.
 */
import { fstatSync, writeSync } from "node:fs";
import { EXIT, QueuectlError } from "../../core/errors.js";
import { visibleLines } from "../../core/text/visible.js";

type Output = 1 | 2;

/** By name, since reading the property makes the stream. */
const STREAMS = ["stdin", "stdout", "stderr"] as const;

/** When the process ends if stdout is closed. As a rule at once, like a filter. */
let ends: "at once" | "afterwards" | "never" = "at once";
let exitCodeIfCut: number = EXIT.cutOff;
let cutBy: NodeJS.ErrnoException | null = null;

/** From now on a closed stdout does not end the process. */
export function outliveReaders(): void {
  ends = "never";
}

/** From now on a closed stdout ends the process only after its work is done; see {@link unlessCut}. */
export function finishFirst(): void {
  ends = "afterwards";
}

/** Ends the process with the code for a closed stdout if some output was lost. Otherwise returns the exit code. */
export function unlessCut(exitCode: number): number {
  if (exitCode === EXIT.ok && cutBy !== null) endOutput(cutBy);
  return exitCode;
}

/** Sets the exit code before the last write, so that a closed pipe cannot hide a failure. */
export function endsWith(exitCode: number): number {
  if (exitCode !== EXIT.ok) exitCodeIfCut = exitCode;
  return exitCode;
}

export function isTerminal(fd: 0 | Output): boolean {
  // A file or a pipe is no character device and needs no closer look. /dev/null is one, so the stream decides.
  return fstatSync(fd).isCharacterDevice() && process[STREAMS[fd]].isTTY === true;
}

/**
 * Writes text of ours. Hidden characters of foreign text in it are escaped, colours are kept on a terminal.
 * @throws QueuectlError as {@link writeBytes}
 */
export function writeText(fd: Output, text: string): void {
  writeBytes(fd, Buffer.from(visibleLines(text, text.includes("\x1b") && isTerminal(fd))));
}

/**
 * Writes bytes as they are: a job's output, and codes that steer the terminal. Output that stderr does not take is
 * dropped: remarks are not the purpose of a command.
 * @throws QueuectlError if stdout fails for any reason but a closed pipe
 */
export function writeBytes(fd: Output, data: Uint8Array): void {
  let rest = data;
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
    hint: "changes that the command made are kept",
    cause: error,
  });
}

function writeSome(fd: Output, data: Uint8Array): number {
  try {
    return writeSync(fd, data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    // The pipe is non-blocking and full: wait until its reader has caught up a little.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}
