/**
 * Kills a worker with its whole process tree. Its jobs would die by their lifeline anyway, but this also reaches a job
 * that has stopped its own launcher. The worker is frozen first, so that it does not take the deaths of its jobs for
 * failures and record them.
 *
 * On Linux one read of /proc tells the tree, also where no `ps` is installed, and no program that PATH names first has
 * a say in what is killed. Elsewhere tree-kill finds it.
 */
import treeKill from "tree-kill";
import { descendantsOf } from "../../src/system/process/group.js";
import { type ProcessEntry, processTable } from "../../src/system/process/table.js";

export function killTree(pid: number, platform: NodeJS.Platform = process.platform): void {
  if (!signal(pid, "SIGSTOP")) return;
  if (platform !== "linux") return treeKill(pid, "SIGKILL", () => signal(pid, "SIGKILL"));
  for (const child of descendantsOf(new Set([pid]), listed())) signal(child.pid, "SIGKILL");
  signal(pid, "SIGKILL");
}

/** Without a table the worker alone is killed, and the rest dies by its lifeline. */
function listed(): ProcessEntry[] {
  try {
    return processTable();
  } catch {
    return [];
  }
}

/** False: there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
