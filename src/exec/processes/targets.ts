/**
 * The processes of an attempt at this moment: the members of its group, descendants that left the group, and strays
 * with its marker. The launcher's own processes are left out while it lives.
 *
 * If the launcher is a subreaper, its descendants are all processes of the attempt. Otherwise a process is lost that
 * leaves the group, outlives its parent and hides its marker between two looks.
 */
import { descendantsOf, groupMembers, signalGroup, signalProcess } from "../../system/process/group.js";
import { processTable } from "../../system/process/table.js";
import type { Shell } from "../shell.js";
import { findStrays, type Marker } from "./strays.js";

/** How far beyond its group the processes of an attempt are looked for. */
export interface Reach {
  /** Null: strays are not looked for. */
  readonly marker: Marker | null;
}

export class Targets {
  readonly #shell: Shell;
  readonly #group: number;
  readonly #reach: Reach | null;
  /** Descendants seen outside the group. After their parent's death nothing else leads to them. */
  readonly #departed = new Map<number, string>();

  /** @param reach null: the group, and what left it while its parent lives */
  constructor(shell: Shell, reach: Reach | null) {
    this.#shell = shell;
    this.#group = shell.pid ?? 0;
    this.#reach = reach;
  }

  /** Continues the whole group, the launcher too: a stopped process hears no TERM and reports nothing. */
  resume(): void {
    signalGroup(this.#group, "SIGCONT");
  }

  /**
   * If not `thorough`: only processes that can hear a TERM, and no strays. That leaves out the launcher's fork that has
   * not yet become the command, since it still has the launcher's traps. @throws Error if the system does not tell
   */
  find(thorough: boolean): number[] {
    const table = processTable();
    const isOurs = (pid: number) => this.#shell.isOurs(pid);
    const members = groupMembers(this.#group, table).filter(({ pid }) => !isOurs(pid));
    const roots = [...members.map(({ pid }) => pid), ...(this.#reachesLauncher ? [this.#group] : [])];
    for (const { pid, startTime } of descendantsOf(new Set(roots), table)) this.#departed.set(pid, startTime);
    const departed = table.filter(({ pid, startTime }) => this.#departed.get(pid) === startTime);
    const marker = this.#reach?.marker ?? null;
    const marked = thorough && marker ? findStrays(marker, "/proc", table) : [];
    const found = [...members, ...departed, ...marked]
      .filter(({ pid, ppid, forkOnly }) => !isOurs(pid) && (thorough || ppid !== this.#group || !forkOnly))
      .map(({ pid }) => pid);
    // The table takes milliseconds to read, and a process may fork away meanwhile.
    if (found.length === 0 && thorough && this.#reachesLauncher) return this.#shell.leftovers;
    return [...new Set(found)];
  }

  kill(pids: readonly number[]): void {
    for (const pid of pids) signalProcess(pid, "SIGKILL");
    if (this.#reachesLauncher) this.#shell.killLeftovers();
  }

  /** The launcher's descendants count. Not when it is gone: its pid may be another process's. */
  get #reachesLauncher(): boolean {
    return this.#reach !== null && this.#shell.isAlive;
  }
}
