/**
 * The children of one process, from a file that Linux keeps for each thread (CONFIG_PROC_CHILDREN). One read of an open
 * file costs a few microseconds, where the process table takes milliseconds.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { signalProcess } from "./group.js";
import { processEntry } from "./table.js";

const buffer = Buffer.allocUnsafe(65_536);

/** A chain of forks is met within a few looks; this ends one that cannot be killed. */
const MOST_LOOKS = 200;

export class Children {
  #fd: number | null;

  /** @param pid a process with one thread */
  constructor(pid: number) {
    this.#fd = openChildren(pid);
  }

  /**
   * The living children that are not `known`. Empty also where the system does not tell.
   *
   * A child that forks and ends between two looks hands its own child to a subreaper. So "none" takes two lists in a row
   * with the same members, all of them zombies when they were looked at.
   */
  others(known: (pid: number) => boolean): number[] {
    for (let before: string | null = null; ; ) {
      const list = this.#read();
      const living = pidsIn(list).filter((pid) => !known(pid) && isAlive(pid));
      if (living.length > 0 || list === before || list === "") return living;
      before = list;
    }
  }

  /**
   * Sends KILL to the children that are not `known`, and to the children that they hand over when they end. Ends when
   * none is left, or after many looks.
   */
  killOthers(known: (pid: number) => boolean): void {
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const living = this.others(known);
      if (living.length === 0) return;
      for (const pid of living) signalProcess(pid, "SIGKILL");
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #read(): string {
    if (this.#fd === null) return "";
    try {
      return buffer.toString("latin1", 0, readSync(this.#fd, buffer, 0, buffer.length, 0));
    } catch {
      // The process is gone.
      return "";
    }
  }
}

function pidsIn(list: string): number[] {
  return list.split(" ").filter(Boolean).map(Number);
}

function openChildren(pid: number): number | null {
  try {
    return openSync(`/proc/${pid}/task/${pid}/children`, "r");
  } catch {
    return null;
  }
}

/** A process of which the system does not tell counts as alive. */
function isAlive(pid: number): boolean {
  try {
    return processEntry(pid) !== null;
  } catch {
    return true;
  }
}
