/**
 * The resource limits of a process (getrlimit(2)), as Linux tells them in /proc.
 *
 * Node raises its soft limit of open files to the hard one when it starts, and no call undoes that for its children. A
 * program that counts on the usual 1024, or that closes every possible descriptor, would meet another world than in the
 * user's shell. What the limit was is no longer to be seen in this process. If the hard limit of its parent is the same,
 * the parent most likely passed its soft limit on.
 */
import { readFileSync } from "node:fs";

export interface Limit {
  /** Infinity: none. */
  readonly soft: number;
  readonly hard: number;
}

/** By the names in /proc, such as `Max open files`. */
export type Limits = ReadonlyMap<string, Limit>;

/** Empty: the system does not tell them. */
export function limitsOf(pid: number | "self"): Limits {
  const lines = textOf(pid).matchAll(/^(Max .*?) {2,}(\S+) +(\S+)/gm);
  return new Map([...lines].map(([, name = "", soft, hard]) => [name, { soft: amountOf(soft), hard: amountOf(hard) }]));
}

function textOf(pid: number | "self"): string {
  try {
    return readFileSync(`/proc/${pid}/limits`, "latin1");
  } catch {
    return "";
  }
}

function amountOf(text = ""): number {
  return text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
}

/** Passes the limit on from the process that a user started to supervisor and workers, which cannot see it. */
export const FILE_LIMIT_VARIABLE = "QUEUECTL_FILE_LIMIT";

/** Sets the variable for this process and its children, or takes it away. For the process that a user started. */
export function noteFileLimit(env: NodeJS.ProcessEnv = process.env): void {
  const parent = limitsOf(process.ppid).get("Max open files");
  const own = limitsOf("self").get("Max open files");
  delete env[FILE_LIMIT_VARIABLE];
  if (parent && parent.hard === own?.hard && parent.soft < own.soft) env[FILE_LIMIT_VARIABLE] = String(parent.soft);
}

/** The soft limit of open files of the user's process. Null: unknown, or not lower than ours. */
export function notedFileLimit(env: NodeJS.ProcessEnv = process.env): number | null {
  const text = env[FILE_LIMIT_VARIABLE];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
