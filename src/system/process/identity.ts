/**
 * The identity of a process. A pid alone says little: it is used again, and means nothing on another host, in another
 * container of this host or after a reboot. So a process is known by its host, the boot, the pid namespace, the pid and its start.
 */
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { askSystem } from "../ask-system.js";
import { checkProc, type ProcessEntry, processEntry } from "./table.js";

export interface ProcessIdentity {
  /** Name of the host, for messages. */
  readonly host: string;
  /** Id of the machine. If it has none: the name of the host. */
  readonly hostId: string;
  /** New at every boot of the host. */
  readonly bootId: string;
  /** Namespace in which the pid counts, such as a container's. Empty: the system has none. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Start of the process, in the system's own form; only for comparison. */
  readonly startTime: string;
}

/** `unknown`: the process is on another host or in another pid namespace, or this host does not tell. */
export type Liveness = "alive" | "dead" | "unknown";

/** Null: there is no such process, or only its zombie. @throws Error if the system does not tell */
export function identityOf(pid: number, procRoot = "/proc"): ProcessIdentity | null {
  const entry = processEntry(pid, procRoot);
  if (entry === null) return null;
  const system = { host: hostname(), hostId: hostId(), bootId: bootId(procRoot), pidNamespace: pidNamespace() };
  return { ...system, pid, startTime: entry.startTime };
}

/** Whether the two are one process. Host names are ignored. */
export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return (["hostId", "bootId", "pidNamespace", "pid", "startTime"] as const).every((key) => one[key] === other[key]);
}

/** @throws Error if the system does not tell */
export function ownIdentity(): ProcessIdentity {
  const identity = identityOf(process.pid);
  if (!identity) throw new Error(`process ${process.pid} cannot find itself among the processes`);
  return identity;
}

export function livenessOf(identity: ProcessIdentity, procRoot = "/proc"): Liveness {
  if (identity.hostId !== hostId()) return "unknown";
  let entry: ProcessEntry | null;
  try {
    // Two machines that were copied from one image have one id, but not one name.
    if (identity.bootId !== bootId(procRoot)) return identity.host === hostname() ? "dead" : "unknown";
    if (identity.pidNamespace !== pidNamespace()) return "unknown";
    entry = processEntry(identity.pid, procRoot);
  } catch {
    return "unknown";
  }
  return entry?.startTime === identity.startTime ? "alive" : "dead";
}

let knownHostId: string | undefined;

function hostId(): string {
  knownHostId ??= readHostId();
  return knownHostId;
}

function readHostId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim() || hostname();
  } catch {
    return hostname();
  }
}

let knownNamespace: string | undefined;

/** For this process: a pid that it sees counts here, in any namespace of the other process. */
function pidNamespace(): string {
  knownNamespace ??= readPidNamespace();
  return knownNamespace;
}

function readPidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
  } catch {
    return "";
  }
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
  checkProc(procRoot);
  if (existsSync(procRoot)) return readFileSync(`${procRoot}/sys/kernel/random/boot_id`, "utf8").trim();
  const stdout = askSystem("/usr/sbin/sysctl", ["-n", "kern.boottime"]);
  // `{ sec = 1700000000, usec = 0 } Tue Nov …`: the microseconds move when the clock is set.
  return /sec = (\d+)/.exec(stdout)?.[1] ?? stdout.trim();
}
