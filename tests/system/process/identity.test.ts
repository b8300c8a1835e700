import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findStrays } from "../../../src/exec/processes/strays.js";
import { descendantsOf, groupMembers } from "../../../src/system/process/group.js";
import { identityOf, isSameProcess, livenessOf, ownIdentity } from "../../../src/system/process/identity.js";
import { processTable } from "../../../src/system/process/table.js";
import { bench } from "../../exec/bench.js";

/** A proc file system with these processes: pid, then what /proc/PID/stat says between the command and the start time. */
function fakeProc(
  ...processes: {
    pid: number;
    comm?: string;
    state?: string;
    ppid?: number;
    pgid?: number;
    start?: number;
    environ?: string;
    threads?: number;
  }[]
) {
  const root = bench().path("proc");
  mkdirSync(join(root, "sys/kernel/random"), { recursive: true });
  writeFileSync(join(root, "sys/kernel/random/boot_id"), "boot-1\n");
  for (const {
    pid,
    comm = "sh",
    state = "S",
    ppid = 1,
    pgid = pid,
    start = 100,
    environ = "",
    threads = 1,
  } of processes) {
    mkdirSync(join(root, String(pid)));
    writeFileSync(join(root, `${pid}/environ`), environ);
    writeFileSync(
      join(root, `${pid}/stat`),
      `${pid} (${comm}) ${state} ${ppid} ${pgid} ${"0 ".repeat(14)}${threads} 0 ${start} 0 0 0\n`,
    );
  }
  return root;
}

describe("a process", () => {
  test("of this host is alive as long as it runs", async () => {
    expect(livenessOf(ownIdentity())).toBe("alive");
    const child = spawn("sleep", ["60"]);
    const identity = identityOf(child.pid as number);
    if (!identity) throw new Error("it should be there");
    expect(livenessOf(identity)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(livenessOf(identity)).toBe("dead");
    expect(identityOf(identity.pid)).toBeNull();
  });

  test("of another host is anybody's guess", () => {
    expect(livenessOf({ ...ownIdentity(), hostId: "another" })).toBe("unknown");
  });

  test("of this host stays known when the host gets another name", () => {
    expect(livenessOf({ ...ownIdentity(), host: "elsewhere.example" })).toBe("alive");
  });

  test("of another pid namespace is never taken for dead, whatever its pid means here", () => {
    expect(livenessOf({ ...ownIdentity(), pidNamespace: "another", pid: 1, startTime: "1" })).toBe("unknown");
  });

  test("is one with another only if they agree in host, boot, pid namespace, pid and start", () => {
    const own = ownIdentity();
    expect(isSameProcess(own, { ...own, host: "renamed.example" })).toBe(true);
    for (const key of ["hostId", "bootId", "pidNamespace", "startTime"]) {
      expect(isSameProcess(own, { ...own, [key]: "another" }), key).toBe(false);
    }
    expect(isSameProcess(own, { ...own, pid: own.pid + 1 })).toBe(false);
  });

  test.runIf(process.platform === "linux")("knows its pid namespace", () => {
    expect(ownIdentity().pidNamespace).toBe(String(statSync("/proc/self/ns/pid").ino));
  });

  test("of a machine with the same id, but another name and boot, is anybody's guess", () => {
    const copy = { ...ownIdentity(), host: "elsewhere.example", bootId: "another" };
    expect(livenessOf(copy)).toBe("unknown");
  });

  test("from before the last boot is dead", () => {
    expect(livenessOf({ ...ownIdentity(), bootId: "another" })).toBe("dead");
  });

  test("whose pid another one has now is dead", () => {
    expect(livenessOf({ ...ownIdentity(), startTime: "another" })).toBe("dead");
  });

  test("is recognised whatever it calls itself, and is dead as a zombie", () => {
    const root = fakeProc({ pid: 7, comm: "a) S 1 (b", start: 55 }, { pid: 8, state: "Z" });
    const identity = identityOf(7, root);
    expect(identity).toMatchObject({ bootId: "boot-1", pid: 7, startTime: "55" });
    expect(identity && livenessOf(identity, root)).toBe("alive");
    expect(identityOf(8, root)).toBeNull();
  });

  test("of which the system will not tell is not taken for dead", () => {
    const root = fakeProc();
    mkdirSync(join(root, "9/stat"), { recursive: true });
    const identity = { ...ownIdentity(), bootId: "boot-1", pid: 9 };
    expect(livenessOf(identity, root)).toBe("unknown");
  });
});

describe("the process table", () => {
  test("leaves zombies out, and tells groups and families", () => {
    const root = fakeProc(
      { pid: 10, pgid: 10 },
      { pid: 11, pgid: 10, ppid: 10 },
      { pid: 12, pgid: 10, ppid: 10, state: "Z" },
      { pid: 13, pgid: 13, ppid: 14 },
      { pid: 14, pgid: 14, ppid: 11 },
    );
    const table = processTable(root);
    expect(groupMembers(10, table).map(({ pid }) => pid)).toEqual([10, 11]);
    expect(descendantsOf(new Set([10]), table).map(({ pid }) => pid)).toEqual(expect.arrayContaining([11, 13, 14]));
  });

  test("gives nothing for what every process descends from", () => {
    const root = fakeProc({ pid: 1, ppid: 0 }, { pid: 10 }, { pid: 11, ppid: 10 });
    expect(descendantsOf(new Set([0, 1]), processTable(root))).toEqual([]);
  });

  test("takes a process for alive of which only the main thread has ended", () => {
    const root = fakeProc({ pid: 10, state: "Z", threads: 2 }, { pid: 11, state: "Z", threads: 1 });
    expect(processTable(root).map(({ pid }) => pid)).toEqual([10]);
  });

  test("holds this very process", () => {
    expect(processTable().map(({ pid }) => pid)).toContain(process.pid);
  });
});

describe("strays", () => {
  test("are those whose environment has home, job and fence, exactly", () => {
    const environ = (jobId: string, fence: string, home = "/hömé") =>
      `PATH=/bin\0QUEUECTL_HOME=${home}\0QUEUECTL_JOB_ID=${jobId}\0QUEUECTL_FENCE=${fence}\0`;
    const root = fakeProc(
      { pid: 20, environ: environ("a", "7") },
      { pid: 21, environ: environ("a", "77") },
      { pid: 22, environ: environ("aa", "7") },
      { pid: 23, environ: "XQUEUECTL_JOB_ID=a\0QUEUECTL_FENCE=7\0" },
      { pid: 24, environ: environ("a", "7"), state: "Z" },
      { pid: 25, environ: environ("a", "7", "/another") },
    );
    expect(findStrays({ home: "/hömé", jobId: "a", fence: 7 }, root).map(({ pid }) => pid)).toEqual([20]);
  });
});
