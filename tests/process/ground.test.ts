/** The files of a home are deleted, emptied or replaced while its workers run. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLiveSupervisor } from "../../src/home/pid-file.js";
import { identityOf } from "../../src/system/process/identity.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
let pid: number;
let path: (name: string) => string;
beforeEach(async () => {
  box = new Sandbox();
  path = (name) => join(box.home, name);
  await box.ok("enqueue", "--id", "before", "--command", "true");
  pid = Number(/^Supervisor (\d+)/.exec(await box.ok("worker", "start", "--detach"))?.[1]);
  await box.ok("wait", "before");
});
afterEach(() => box.dispose());

const log = () => readFileSync(path("logs/supervisor.log"), "utf8");
const lives = (one: number) => identityOf(one) !== null;

/** Whether the process has a descriptor of this file. */
function opens(process: number, file: string): boolean {
  const fds = `/proc/${process}/fd`;
  return readdirSync(fds).some((fd) => {
    try {
      return readlinkSync(join(fds, fd)) === file;
    } catch {
      return false;
    }
  });
}

/** Stops what runs, and expects that it was found and is gone. */
async function stops(): Promise<void> {
  const { code, stdout } = await box.run(["worker", "stop", "--timeout", "20s"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Stopped 1 worker(s)\n" });
  expect(lives(pid)).toBe(false);
}

describe("a write-ahead log that was deleted", () => {
  it.each([[["-wal", "-shm"]], [["-wal"]], [["-shm"]]])("%j is noticed, and nothing is lost", async (suffixes) => {
    for (const suffix of suffixes) rmSync(path(`queuectl.db${suffix}`), { force: true });
    await waitFor("another supervisor", async () => {
      const { code, stdout } = await box.run(["status", "--json"]);
      const running = code === 0 ? JSON.parse(stdout).supervisor.pid : null;
      return running !== null && running !== pid;
    });
    expect(log()).toContain("was deleted, emptied or replaced while it was open");
    expect(await box.show("before")).toMatchObject({ state: "completed", attempts: 1 });
    await box.ok("enqueue", "--id", "after", "--command", "true");
    expect(await box.reaches("after", "completed")).toMatchObject({ attempts: 1 });
  });

  it("is not opened by one pool while another still finishes its jobs on the old one", {
    timeout: 90_000,
  }, async () => {
    await stops();
    await box.ok("worker", "start", "--detach", "--queue", "fast");
    const other = await box.supervisor("--queue", "slow");
    const end = box.file("end");
    const job = ["--id", "slow", "--queue", "slow", "--command", `while [ ! -e '${end}' ]; do sleep 0.02; done`];
    await box.ok("enqueue", ...job);
    await box.reaches("slow", "processing");
    rmSync(path("queuectl.db-wal"));
    await waitFor("the other pool to drain", () => other.stderr.includes("stopping"));
    await waitFor("the keeper to try", () => log().includes("was deleted while the workers use it"));
    expect(existsSync(path("queuectl.db-wal"))).toBe(false);
    writeFileSync(end, "");
    expect(await other.exited).toBe(1);
    await waitFor("the main pool to be back", async () => (await box.run(["status"])).code === 0, 60_000);
    expect(await box.show("slow")).toMatchObject({ state: "completed", attempts: 1 });
  });

  it("is said by every command while the supervisor cannot mend it, and no second one is made", async () => {
    process.kill(pid, "SIGSTOP");
    try {
      rmSync(path("queuectl.db-wal"));
      for (const words of [["enqueue", "--command", "true"], ["doctor"]]) {
        const { code, stdout, stderr } = await box.run(words);
        expect(code).toBe(78);
        expect(`${stdout}${stderr}`).toMatch(
          /queuectl\.db-wal was deleted while the workers use it.*; queuectl worker stop/,
        );
      }
      expect(existsSync(path("queuectl.db-wal"))).toBe(false);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await box.reaches("before", "completed");
  });
});

it("a write-ahead log that was deleted ends what was looking at the database", async () => {
  await box.ok("enqueue", "--id", "later", "--delay", "1h", "--command", "true");
  const looking = [box.start(["wait", "later"]), box.start(["logs", "-f", "later"])];
  await waitFor("all to look at it", () => looking.every((one) => opens(one.pid, path("queuectl.db-wal"))));
  for (const suffix of ["-wal", "-shm"]) rmSync(path(`queuectl.db${suffix}`), { force: true });
  for (const { ended } of looking) {
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringContaining("was deleted, emptied or replaced while it was open; try again"),
    });
  }
});

describe("output that is a file", () => {
  it("starts no job and charges none, and stop works", async () => {
    await box.ok("enqueue", "--id", "later", "--delay", "1s", "--command", "true");
    renameSync(path("output"), path("output.old"));
    writeFileSync(path("output"), "");
    await waitFor("the log to say it", () =>
      log().includes(`no job starts until this is mended: ${path("output")} is a file`),
    );
    const { code, stderr } = await box.run(["status"]);
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining(`; mv ${path("output")} `) });
    const doctor = await box.run(["doctor"]);
    expect(doctor.code).toBe(78);
    expect(doctor.stdout).toMatch(/^problem {2}entries .*output is a file, where a directory has to be; mv /m);
    rmSync(path("output"));
    renameSync(path("output.old"), path("output"));
    expect(await box.reaches("later", "completed")).toMatchObject({ attempts: 1 });
    rmSync(path("output"), { recursive: true });
    writeFileSync(path("output"), "");
    await stops();
    rmSync(path("output"));
  });
});

describe("a truncated database", () => {
  it("to nothing lets the supervisor leave, and no lock is blamed", async () => {
    truncateSync(path("queuectl.db"), 0);
    await waitFor("the supervisor to leave", () => !lives(pid));
    expect(log()).toContain("was deleted, emptied or replaced while it was open");
    for (const words of [["status"], ["enqueue", "--command", "true"], ["worker", "start", "--detach"]]) {
      const { code, stderr } = await box.run(words);
      expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining("restore a backup") });
    }
    expect((await box.run(["doctor"])).code).toBe(78);
  });

  it("says that it was truncated while a supervisor uses it, which can be stopped", async () => {
    process.kill(pid, "SIGSTOP");
    truncateSync(path("queuectl.db"), 0);
    const { code, stderr } = await box.run(["status"]);
    process.kill(pid, "SIGCONT");
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringContaining("it was truncated; queuectl worker stop, "),
    });
  });

  it("to a part can be stopped by the PID file, and does not fill the log", async () => {
    truncateSync(path("queuectl.db"), 5000);
    const failures = () =>
      log()
        .split("\n")
        .filter((line) => line.includes("claiming jobs failed"));
    const [first, , third] = await waitFor("three failures", () => failures().length >= 3 && failures());
    const time = (line?: string) => Date.parse(JSON.parse(line ?? "").time);
    expect(time(third) - time(first)).toBeGreaterThan(500);
    const { code, stderr } = await box.run(["status"]);
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining("is damaged") });
    await stops();
  });
});

describe("supervisor.pid", () => {
  it("that is a FIFO blocks no process, and is replaced", async () => {
    process.kill(pid, "SIGSTOP");
    rmSync(path("supervisor.pid"));
    execFileSync("mkfifo", [path("supervisor.pid")]);
    const { code, stdout } = await box.run(["doctor"]);
    process.kill(pid, "SIGCONT");
    expect(code).toBe(78);
    expect(stdout).toMatch(/^problem {2}entries .*supervisor\.pid is a FIFO, where a file has to be; mv /m);
    await waitFor("the file", () => readLiveSupervisor(path("supervisor.pid"))?.pid === pid);
    await stops();
  });

  it("that is a directory is named by doctor, and stop works", async () => {
    rmSync(path("supervisor.pid"));
    mkdirSync(path("supervisor.pid"));
    writeFileSync(path("supervisor.pid/mine"), "");
    const { code, stdout } = await box.run(["doctor"]);
    expect(code).toBe(78);
    expect(stdout).toMatch(/^problem {2}entries .*supervisor\.pid is a directory, where a file has to be; mv /m);
    await waitFor("the log to say it", () => log().includes("the PID file could not be written again"));
    await stops();
    expect(existsSync(path("supervisor.pid/mine"))).toBe(true);
  });
});
