/**
 * Kills a worker with everything below it. Its jobs would die by their lifeline anyway; this reaches them even where a job
 * has stopped its own launcher. The worker is frozen first, so that it cannot take the deaths that it sees for failures
 * of its jobs, and record them.
 */
import { spawnSync } from "node:child_process";
import treeKill from "tree-kill";

export function killTree(pid: number): void {
  if (!signal(pid, "SIGSTOP")) return;
  if (canListProcesses()) treeKill(pid, "SIGKILL", () => signal(pid, "SIGKILL"));
  else signal(pid, "SIGKILL");
}

/** tree-kill asks `ps`, and an error in starting it would be ours to die of: a slim image has none, a full machine cannot fork. */
function canListProcesses(): boolean {
  return spawnSync("ps", ["-p", String(process.pid)], { stdio: "ignore" }).error === undefined;
}

/** False if there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
