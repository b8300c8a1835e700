/**
 * Kills a worker with its whole process tree. Its jobs would die by their lifeline anyway, but this also reaches a job
 * that has stopped its own launcher. The worker is frozen first, so that it does not take the deaths of its jobs for
 * failures and record them.
 */
import { spawnSync } from "node:child_process";
import treeKill from "tree-kill";

export function killTree(pid: number): void {
  if (!signal(pid, "SIGSTOP")) return;
  if (canListProcesses()) treeKill(pid, "SIGKILL", () => signal(pid, "SIGKILL"));
  else signal(pid, "SIGKILL");
}

/**
 * tree-kill asks `ps`, and a failed start of it would be our own crash: a slim image has no `ps`, a full machine cannot
 * fork.
 */
function canListProcesses(): boolean {
  return spawnSync("ps", ["-p", String(process.pid)], { stdio: "ignore" }).error === undefined;
}

/** False: there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
