/** What a storm does to a queue: it kills, freezes, and sends the signal that would open Node's debugger. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultBox } from "./fault-box.js";
import type { Member, Role } from "./processes.js";
import type { Choices } from "./random.js";

const VICTIMS: readonly Role[] = ["supervisor", "worker", "worker", "worker", "launcher", "launcher", "job", "job"];
/** One in so many acts. */
const FREEZE_EVERY = 40;
const USR1_EVERY = 15;
/** Longer than the lease of these tests, some longer than the supervisor takes for a gap. Milliseconds. */
const LONGEST_FREEZE_MS = 6000;

/** Resolves to what was done, and to which kind of process. Null: nothing, since there was none. */
export async function act(box: FaultBox, choices: Choices): Promise<string | null> {
  if (choices.below(FREEZE_EVERY) === 0) return freeze(box, choices);
  if (choices.below(USR1_EVERY) === 0) return sendUsr1(box, choices);
  const role = choices.pick(VICTIMS) ?? "worker";
  const victim = choices.pick(box.processes(role));
  return victim !== undefined && killed(box, victim) ? role : null;
}

/**
 * A launcher is the only one who knows of processes that have left group and environment. If it is killed beside them,
 * they get away, as docs/guarantees.md says. So such a launcher is spared, and so is one whose worker has just died. When
 * the command is killed, what it let go becomes a child of the launcher, and stays one until the worker clears it away.
 */
function killed(box: FaultBox, { pid, role }: Member): boolean {
  if (role !== "launcher") return signal(pid, "SIGKILL");
  // It starts nothing more while it is looked at.
  if (!signal(pid, "SIGSTOP")) return false;
  const mayDie = mayLauncherDie(box.processes(), pid);
  return signal(pid, mayDie ? "SIGKILL" : "SIGCONT") && mayDie;
}

function mayLauncherDie(members: readonly Member[], pid: number): boolean {
  const withRole = (role: Role, parent: number) => members.some((one) => one.role === role && one.pid === parent);
  // A fork of a launcher: its lifeline's reader, or the shell around a command.
  if (withRole("launcher", parentOf(pid))) return true;
  const ours = members.filter((one) => [parentOf(one.pid), parentOf(parentOf(one.pid))].includes(pid));
  const forks = ours.filter(({ role }) => role === "launcher").length;
  const commands = ours.filter(({ role }) => role === "job");
  // Beside the reader a command is about to begin, and does not yet say of which job it is.
  if (forks > 1 && commands.length === 0) return false;
  if (childrenOf(pid).some((child) => !members.some((one) => one.pid === child))) return false;
  return withRole("worker", parentOf(pid)) && !commands.some(escapes);
}

/** Jobs that let processes escape have an `e` before their number. */
function escapes({ pid }: Member): boolean {
  return /\0QUEUECTL_JOB_ID=e/.test(read(pid, "environ"));
}

/** All processes that the queue knows stand still for a while; the supervisor goes on first. */
async function freeze(box: FaultBox, choices: Choices): Promise<string> {
  const members = box.processes().filter(({ role }) => role !== "command");
  const frozen = members.filter(({ pid }) => signal(pid, "SIGSTOP"));
  await sleep(choices.below(LONGEST_FREEZE_MS));
  for (const { pid, role } of frozen) if (role === "supervisor") signal(pid, "SIGCONT");
  await sleep(choices.below(300));
  for (const { pid } of frozen) signal(pid, "SIGCONT");
  return "frozen";
}

async function sendUsr1(box: FaultBox, choices: Choices): Promise<string | null> {
  const victim = choices.pick([...box.processes("supervisor"), ...box.processes("worker")]);
  return victim !== undefined && signal(victim.pid, "SIGUSR1") ? "usr1" : null;
}

function childrenOf(pid: number): number[] {
  return read(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(pid, "status"))?.[1] ?? 0);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // Gone in the meantime.
    return "";
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
