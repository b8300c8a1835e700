/** Explains why a command did not start, and whether the machine (transient) or the job is to blame. */
import { accessSync, constants, statSync } from "node:fs";
import type { Outcome } from "../core/job/outcome.js";

export type NotStarted = Extract<Outcome, { kind: "not-started" }>;

/** The texts of strerror and of shells. A full disk counts: the command's output files could not be made. */
const SHORTAGE =
  /cannot fork|resource temporarily unavailable|cannot allocate memory|out of space|too many open files|no space left/i;
const SHORTAGE_CODES = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]);

export function isShortage(complaint: string): boolean {
  return SHORTAGE.test(complaint);
}

/** For a shell that could not be started. */
export function spawnFailed(error: NodeJS.ErrnoException): NotStarted {
  return { kind: "not-started", message: error.message, transient: SHORTAGE_CODES.has(error.code ?? "") };
}

/** Null: the directory can be entered, so the cause was another one. */
export function whyNotEntered(cwd: string): string | null {
  try {
    if (!statSync(cwd).isDirectory()) return `the working directory ${cwd} is not a directory`;
    accessSync(cwd, constants.X_OK);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return `the working directory ${cwd} does not exist`;
    if (code === "ENOTDIR") return `the working directory ${cwd} is not a directory`;
    return `the working directory ${cwd} cannot be entered: ${code === "EACCES" ? "permission denied" : message}`;
  }
}
