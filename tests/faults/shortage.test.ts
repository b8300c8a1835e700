/** The machine is short of something: disk, processes, files. No result is lost, and no job is blamed. */
import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { processEntry, processTable } from "../../src/system/process/table.js";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
});
afterEach(() => box.dispose());

const isRoot = process.getuid?.() === 0;

/** Only root may mount, and not in every container. */
function mount(dir: string, more = ""): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", `size=96m,mode=700${more}`, "none", dir]).status === 0;
}

describe("a disk that is full", () => {
  it("delays results and recovery, and loses none", { timeout: 120_000 }, async ({ skip }) => {
    if (!mount(box.home)) skip("needs a small file system of its own, which only root can mount");
    try {
      await box.supervisor("--count", "2");
      await box.enqueue("before", "true");
      await box.idle();
      const go = box.file("go");
      // Of three that run, one ends while the disk is full, and one loses its worker; the output of the last one does not fit.
      await box.enqueue("ends", `until [ -e '${go}' ]; do sleep 0.02; done`, { maxRetries: 9 });
      await box.enqueue("loses", `[ "$QUEUECTL_ATTEMPT" -gt 1 ] || sleep 1000`, { maxRetries: 9 });
      for (let n = 0; n < 5; n++) await box.enqueue(`waits-${n}`, "true", { maxRetries: 9 });
      const { fence } = await box.began("ends");
      await box.began("loses");
      fill(box.home);
      writeFileSync(go, "");
      await waitFor("the job to end", () => box.witness.some((seen) => seen.kind === "E" && seen.fence === fence));
      const { job } = await box.history("loses");
      const { workers } = await (await box.client()).status();
      process.kill(workers.find(({ id }) => id === job.workerId)?.pid as number, "SIGKILL");
      await waitFor("a replacement", () => box.processes("worker").length === 2);
      await waitFor("somebody to hear that the disk is full", async () =>
        isFull(await box.run(["enqueue", '{"command":"true"}'])),
      );
      free(box.home);
      await box.idle();
      expect(await box.verdict()).toEqual([]);
      // Its result was kept in memory while nothing could be written.
      expect((await box.history("ends")).attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
      expect((await box.history("loses")).attempts.at(-1)?.outcome).toBe("succeeded");
    } finally {
      // What still runs keeps it until it is gone.
      spawnSync("umount", ["--lazy", box.home]);
    }
  });
});

describe("a disk that is full when a supervisor starts", () => {
  it("is said by it, and its keeper tries again until there is room", { timeout: 120_000 }, async ({ skip }) => {
    if (!mount(box.home)) skip("needs a small file system of its own, which only root can mount");
    try {
      await box.enqueue("acknowledged", "true");
      fill(box.home);
      for (const words of [[], ["--detach"]]) {
        const { code, stderr } = await box.run(["worker", "start", ...words]);
        expect(stderr).toMatch(/cannot be written, since its disk is full \(.*; free some space/);
        expect(code).toBe(74);
      }
      free(box.home);
      const pid = Number(/^Supervisor (\d+)/.exec(await box.ok("worker", "start", "--detach", "--queue", "none"))?.[1]);
      const keeper = parentOf(pid);
      fill(box.home);
      process.kill(pid, "SIGKILL");
      const starts = new Set<number>();
      await waitFor("two starts in vain", () => {
        // What ends gives back some pages.
        fillUp(box.home);
        for (const child of supervisorsOf(keeper)) starts.add(child);
        return starts.size > 2;
      });
      expect(await workers()).not.toContain("idle");
      free(box.home);
      await waitFor("the next start", async () => (await workers()).includes("idle"), 60_000);
      await box.ok("worker", "stop");
      await box.ok("worker", "start", "--drain");
      expect(await box.verdict()).toEqual([]);
    } finally {
      spawnSync("umount", ["--lazy", box.home]);
    }
  });
});

describe("a disk without an inode left", () => {
  it("lets no job start, and charges none", { timeout: 60_000 }, async ({ skip }) => {
    if (!mount(box.home, ",nr_inodes=300")) skip("needs a small file system of its own, which only root can mount");
    try {
      const supervisor = await box.supervisor();
      const files = takeInodes(box.home);
      await supervisor.says("stderr", "inodes left for new files");
      await box.enqueue("j", "true", { maxRetries: 1 });
      expect((await box.history("j")).attempts).toEqual([]);
      expect(await box.ok("explain", "j")).toContain("inodes left for new files");
      expect((await box.run(["doctor"])).stdout).toMatch(/^problem {2}disk .*inodes left for new files/m);
      for (const file of files) rmSync(file);
      await box.idle();
      expect(await box.verdict()).toEqual([]);
      expect((await box.history("j")).attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
    } finally {
      spawnSync("umount", ["--lazy", box.home]);
    }
  });
});

async function workers(): Promise<string> {
  return (await box.run(["worker", "list"])).stdout;
}

/** Makes files until none can be made. */
function takeInodes(dir: string): string[] {
  const files: string[] = [];
  for (;;) {
    const file = join(dir, `filler-${files.length}`);
    try {
      writeFileSync(file, "", { mode: 0o600 });
    } catch {
      return files;
    }
    files.push(file);
  }
}

function parentOf(pid: number): number {
  return processEntry(pid)?.ppid ?? 0;
}

function supervisorsOf(keeper: number): number[] {
  return processTable()
    .filter(({ pid, ppid }) => ppid === keeper && commandLine(pid).includes("\0worker\0start\0"))
    .map(({ pid }) => pid);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // The process is gone.
    return "";
  }
}

function isFull({ code, stderr }: { code: number | null; stderr: string }): boolean {
  return code !== 0 && /full|space/.test(stderr);
}

function fill(dir: string): void {
  spawnSync("dd", ["if=/dev/zero", `of=${join(dir, "filler")}`, "bs=4k"], { stdio: "ignore" });
}

/** Fills what has become free since. */
function fillUp(dir: string): void {
  spawnSync("dd", ["if=/dev/zero", `of=${join(dir, "filler")}`, "bs=4k", "oflag=append", "conv=notrunc"], {
    stdio: "ignore",
  });
}

function free(dir: string): void {
  spawnSync("rm", ["-f", join(dir, "filler")]);
}

const hasPrlimit = spawnSync("prlimit", ["--version"]).error === undefined;
/** As the user whose process it is, for that needs no privilege; the hard limit stays, so that the soft one can go back. */
function prlimit(pid: number, ...words: string[]): string {
  const identity = box.user === undefined ? {} : { uid: box.user, gid: box.user };
  const { status, stdout, stderr } = spawnSync("prlimit", ["--pid", String(pid), ...words], {
    ...identity,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** Skipped where util-linux has no prlimit: a limit must be put on a worker that runs. */
describe.runIf(hasPrlimit)("a worker that may not", () => {
  /** All through the command line, since the queue may belong to another user. */
  async function runsLater(resource: string, most: number): Promise<void> {
    await box.supervisor();
    const pid = box.processes("worker")[0]?.pid as number;
    const before = prlimit(pid, `--${resource}`, "--output=SOFT", "--noheadings");
    prlimit(pid, `--${resource}=${most}:`);
    await box.ok("enqueue", "--id", "j", "--max-retries", "1", "--command", "true");
    await waitFor("a start to fail", async () => (await box.show("j")).history[0]?.outcome === "not-started");
    prlimit(pid, `--${resource}=${before}:`);
    const { attempts, history } = await box.reaches("j", "completed");
    expect(attempts).toBe(1);
    expect(history.slice(0, -1).every(({ outcome }) => outcome === "not-started")).toBe(true);
    expect(box.processes("worker")[0]?.pid).toBe(pid);
  }

  it("open files gives its job back uncharged, and runs it later", { timeout: 60_000 }, async () => {
    await runsLater("nofile", 16);
  });

  it("start processes gives its job back uncharged, and runs it later", { timeout: 60_000 }, async ({ skip }) => {
    if (!isRoot) skip("needs a user of its own: the limit counts all processes of a user");
    // Root is not bound by this limit, so the queue belongs to nobody.
    mkdirSync(box.home, { mode: 0o700 });
    for (const path of [box.folder, box.home]) chownSync(path, 65_534, 65_534);
    box.user = 65_534;
    await runsLater("nproc", 1);
  });
});
