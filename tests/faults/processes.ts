/** The processes that belong to one home, found by their environment and told apart by what they run. */
import { readdirSync, readFileSync } from "node:fs";

export type Role = "keeper" | "supervisor" | "worker" | "launcher" | "job" | "command";

export interface Member {
  readonly pid: number;
  readonly role: Role;
}

export function processesOf(home: string): Member[] {
  const wanted = `\0QUEUECTL_HOME=${home}\0`;
  const members: Member[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) continue;
    // A zombie's environment is empty.
    if (`\0${read(pid, "environ")}`.includes(wanted)) members.push({ pid, role: roleOf(read(pid, "cmdline")) });
  }
  return members;
}

function roleOf(commandLine: string): Role {
  if (commandLine.includes("queuectl-launcher")) return "launcher";
  if (commandLine.includes("queuectl-keeper")) return "keeper";
  if (commandLine.startsWith("queuectl worker ") || commandLine.includes("/worker.js\0")) return "worker";
  if (commandLine.includes("queuectl.js\0worker\0start")) return "supervisor";
  return commandLine.includes("queuectl.js\0") ? "command" : "job";
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // Gone in the meantime.
    return "";
  }
}
