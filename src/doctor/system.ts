/** Checks the system around queuectl. */
import { accessSync, constants, readFileSync } from "node:fs";
import { QueuectlError } from "../core/errors.js";
import { localZone } from "../core/schedule/local-zone.js";
import { knownMachineZone } from "../core/schedule/zone.js";
import { inspectSqlite } from "../store/inspect.js";
import { PS } from "../system/process/table.js";
import { type Check, ok, problem, unusable, warning } from "./check.js";

const OLDEST_NODE = 20;

export function checkNode(): Check {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= OLDEST_NODE) return ok("node", `Node.js ${node}`);
  return problem("node", `Node.js ${node} is too old`, `install ${OLDEST_NODE} or newer`);
}

export function checkShell(): Check {
  if (isExecutable("/bin/sh")) return ok("shell", "/bin/sh is there");
  return unusable("shell", "there is no /bin/sh that can be run", "install a POSIX shell there: it runs every job");
}

/** /proc tells which processes live, and finds the ones that a dead worker left behind. */
export function checkProc(): Check {
  if (process.platform !== "linux") return ok("proc", `not needed on ${process.platform}, where ps is used`);
  try {
    readFileSync("/proc/self/stat");
    readFileSync("/proc/sys/kernel/random/boot_id");
    return ok("proc", "/proc is readable");
  } catch (error) {
    return unusable("proc", `/proc cannot be read: ${(error as Error).message}`, "mount it: mount -t proc proc /proc");
  }
}

/** Tells which processes live where there is no /proc. */
export function checkPs(): Check {
  if (process.platform === "linux") return ok("ps", "not needed on linux, where /proc is used");
  if (isExecutable(PS)) return ok("ps", `${PS} is there`);
  return problem("ps", `there is no program ${PS}`, "restore it: it tells which processes live");
}

/** Local times in output, in `--run-at` and in schedules. */
export function checkZone(): Check {
  try {
    const zone = localZone();
    if (process.env.TZ !== undefined || knownMachineZone() !== undefined) return ok("zone", `local time is of ${zone}`);
    return warning("zone", "this machine does not tell its time zone: local time is UTC", "set TZ, or /etc/localtime");
  } catch (error) {
    if (!(error instanceof QueuectlError)) throw error;
    return warning("zone", `${error.message}: local times cannot be read or shown`, error.hint ?? "set TZ");
  }
}

/** SQLite reads the database, and holds the lock of the home. */
export async function checkSqlite(): Promise<Check> {
  try {
    const { version, tooOld } = await inspectSqlite();
    if (!tooOld) return ok("sqlite", `SQLite ${version}`);
    const hint = "reinstall queuectl, so that it gets the better-sqlite3 that it asks for";
    return unusable("sqlite", `SQLite ${version} can damage a database that several processes use`, hint);
  } catch (error) {
    if (!(error instanceof QueuectlError)) throw error;
    return unusable("sqlite", error.message, error.hint ?? "reinstall queuectl");
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
