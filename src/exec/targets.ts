/**
 * The processes of an attempt at this moment: the members of its group, descendants that left the group, and strays
 * with its marker. The launcher's own processes are left out while it lives.
 */
import { descendantsOf, groupMembers, signalGroup } from "../system/process-group.js";
import { processTable } from "../system/process-table.js";
import { findStrays, type Marker } from "./strays.js";

export class Targets {
  readonly #group: number;
  readonly #isOurs: (pid: number) => boolean;
  readonly #marker: Marker | null;
  /** Descendants seen outside the group. After their parent's death nothing else leads to them. */
  readonly #departed = new Map<number, string>();

  constructor(group: number, isOurs: (pid: number) => boolean, marker: Marker | null) {
    this.#group = group;
    this.#isOurs = isOurs;
    this.#marker = marker;
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
    const members = groupMembers(this.#group, table).filter(({ pid }) => !this.#isOurs(pid));
    for (const { pid, startTime } of descendantsOf(new Set(members.map(({ pid }) => pid)), table)) {
      this.#departed.set(pid, startTime);
    }
    const departed = table.filter(({ pid, startTime }) => this.#departed.get(pid) === startTime);
    const marked = thorough && this.#marker ? findStrays(this.#marker, "/proc", table) : [];
    const found = [...members, ...departed, ...marked]
      .filter(({ pid, ppid, forkOnly }) => !this.#isOurs(pid) && (thorough || ppid !== this.#group || !forkOnly))
      .map(({ pid }) => pid);
    return [...new Set(found)];
  }
}
