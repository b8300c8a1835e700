/** Freezes processes as a container engine does: all threads at once, by a cgroup (v2). Only root can, where one is mounted. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../support/wait-for.js";

export class Freezer {
  readonly #dir: string;
  readonly #parent: string;

  private constructor(parent: string) {
    this.#parent = parent;
    this.#dir = join(parent, `queuectl-test-${process.pid}-${Date.now()}`);
    mkdirSync(this.#dir);
  }

  /** Null: this system has none for us. */
  static make(): Freezer | null {
    try {
      const mount = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
      return mount === undefined ? null : new Freezer(mount);
    } catch {
      return null;
    }
  }

  /** Also freezes what these processes start from now on. */
  add(pids: readonly number[]): void {
    for (const pid of pids) {
      try {
        writeFileSync(join(this.#dir, "cgroup.procs"), String(pid));
      } catch (error) {
        // A short job may be over by now.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  async freeze(): Promise<void> {
    writeFileSync(join(this.#dir, "cgroup.freeze"), "1");
    await waitFor("all to be frozen", () =>
      readFileSync(join(this.#dir, "cgroup.events"), "utf8").includes("frozen 1"),
    );
  }

  thaw(): void {
    writeFileSync(join(this.#dir, "cgroup.freeze"), "0");
  }

  /** Its processes go on elsewhere. */
  remove(): void {
    this.thaw();
    for (const pid of readFileSync(join(this.#dir, "cgroup.procs"), "utf8").split("\n").filter(Boolean)) {
      writeFileSync(join(this.#parent, "cgroup.procs"), pid);
    }
    rmdirSync(this.#dir);
  }
}
