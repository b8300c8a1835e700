/**
 * The resource limits under which no supervisor can work, so that a start says which one is in the way. Without that the
 * processes would end in the middle of their first steps, and with another cause each time.
 */
import { UnusableError } from "../../src/core/errors.js";
import { type Limits, limitsOf } from "../../src/system/process/limits.js";

export interface PoolSize {
  /** Number of workers. */
  readonly count: number;
  /** Slots of each. */
  readonly concurrency: number;
}

/** Bytes. The database grows by more before its write-ahead log is emptied. */
const LEAST_FILE_SIZE = 16 * 1024 * 1024;
/** Bytes. Node and V8 reserve most of it and use little. */
const LEAST_ADDRESS_SPACE = 1024 * 1024 * 1024;
/** Descriptors of a supervisor or a worker without the ones below. */
const BASE_FILES = 36;
/** Descriptors of a worker for each slot, and at most of a supervisor for each worker. */
const FILES_EACH = 4;

/** Threads of a Node process. Each counts as a process of its user. */
const THREADS = 12;
/** Processes of a slot: launcher, its reader, and a job. */
const PROCESSES_EACH = 3;

/** @throws UnusableError */
export function checkLimits(size: PoolSize, limits: Limits = limitsOf("self"), user = process.getuid?.()): void {
  const fileSize = limits.get("Max file size")?.soft ?? Infinity;
  if (fileSize < LEAST_FILE_SIZE)
    throw tooLow("the size of a file", "-f", inKiB(fileSize), `the database needs ${inKiB(LEAST_FILE_SIZE)}`);
  const space = limits.get("Max address space")?.soft ?? Infinity;
  if (space < LEAST_ADDRESS_SPACE)
    throw tooLow("the address space", "-v", inKiB(space), `Node.js needs ${inKiB(LEAST_ADDRESS_SPACE)}`);
  const files = limits.get("Max open files")?.hard ?? Infinity;
  const needed = BASE_FILES + FILES_EACH * Math.max(size.count, size.concurrency);
  if (files < needed) {
    const pool = `${size.count} worker(s) with ${size.concurrency} slot(s) need ${needed}`;
    throw tooLow("the number of open files", "-n", String(files), pool);
  }
  // The limit does not hold for root.
  const processes = user === 0 ? Infinity : (limits.get("Max processes")?.soft ?? Infinity);
  const threads = THREADS * (size.count + 1) + PROCESSES_EACH * size.count * size.concurrency;
  if (processes < threads)
    throw tooLow("the number of processes", "-u", String(processes), `supervisor and workers need ${threads}`);
}

function tooLow(what: string, flag: string, value: string, need: string): UnusableError {
  return new UnusableError(
    `${what} is limited to ${value} here (ulimit ${flag}), and ${need}`,
    `raise that limit, or start workers from a shell without it; a job can limit itself: "ulimit ${flag} N; command"`,
  );
}

function inKiB(bytes: number): string {
  return `${Math.floor(bytes / 1024)} KiB`;
}
