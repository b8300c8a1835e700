/**
 * The identity of a process. A pid alone says little: it is used again, and means nothing on another host or after a
 * reboot.
 */
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { askSystem } from "./ask-system.js";
import { type ProcessEntry, processEntry } from "./process-table.js";

export interface ProcessIdentity {
  readonly host: string;
  /** New at every boot of the host. */
  readonly bootId: string;
  readonly pid: number;
  /** Start of the process, in the system's own form; only for comparison. */
  readonly startTime: string;
}

/** `unknown`: the process is on another host, or this host does not tell. */
export type Liveness = "alive" | "dead" | "unknown";

/** Null: there is no such process, or only its zombie. @throws Error if the system does not tell */
export function identityOf(pid: number, procRoot = "/proc"): ProcessIdentity | null {
  const entry = processEntry(pid, procRoot);
  return entry && { host: hostname(), bootId: bootId(procRoot), pid, startTime: entry.startTime };
}

/** @throws Error if the system does not tell */
export function ownIdentity(): ProcessIdentity {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error(`process ${process.pid} cannot find itself among the processes`);
  return identity;
}

export function livenessOf(identity: ProcessIdentity, procRoot = "/proc"): Liveness {
  if (identity.host !== hostname()) return "unknown";
  let entry: ProcessEntry | null;
  try {
    if (identity.bootId !== bootId(procRoot)) return "dead";
    entry = processEntry(identity.pid, procRoot);
  } catch {
    return "unknown";
  }
  return entry?.startTime === identity.startTime ? "alive" : "dead";
}

const bootIds = new Map<string, string>();

/** Read once: it does not change while we live. */
function bootId(procRoot: string): string {
  const known = bootIds.get(procRoot);
  if (known !== undefined) return known;
  const id = readBootId(procRoot);
  bootIds.set(procRoot, id);
  return id;
}

function readBootId(procRoot: string): string {
  if (existsSync(procRoot)) return readFileSync(`${procRoot}/sys/kernel/random/boot_id`, "utf8").trim();
  const stdout = askSystem("sysctl", ["-n", "kern.boottime"]);
  // `{ sec = 1700000000, usec = 0 } Tue Nov …`: the microseconds move when the clock is set.
  return /sec = (\d+)/.exec(stdout)?.[1] ?? stdout.trim();
}
