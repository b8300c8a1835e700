/** The log of a detached supervisor: rotated while it runs, followed across that. */
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteLocation } from "../../src/store/location.js";
import { openStore } from "../../src/store/open.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
let logFile: string;
beforeEach(() => {
  box = new Sandbox();
  logFile = join(box.home, "logs", "supervisor.log");
});
afterEach(() => box.dispose());

interface StatusJson {
  readonly supervisor: { readonly pid: number };
}

async function run(id: string): Promise<void> {
  await box.ok("enqueue", "--id", id, "--command", "true");
  await box.reaches(id, "completed");
  await waitFor(`the log to tell of ${id}`, async () => {
    const text = readFileSync(logFile, "utf8");
    return text.includes(`job ${id} completed`);
  });
}

async function rotate(to: string): Promise<void> {
  const { supervisor } = await box.json<StatusJson>("status");
  renameSync(logFile, to);
  process.kill(supervisor.pid, "SIGHUP");
  await waitFor("a new log", () => statSync(logFile, { throwIfNoEntry: false }) !== undefined);
}

describe("a detached supervisor and its workers", () => {
  it("go on in a new log file after SIGHUP, and leave the old one alone", async () => {
    await box.ok("worker", "start", "--detach", "--count", "2");
    await run("before");
    await rotate(`${logFile}.1`);
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
    await run("after");
    const old = readFileSync(`${logFile}.1`, "utf8");
    expect(old).toContain("job before completed");
    expect(old).not.toContain("job after");
    await box.ok("worker", "stop");
    // The workers' lines and the supervisor's own.
    expect(readFileSync(logFile, "utf8")).toMatch(/job after started[\s\S]*stopping:[\s\S]*stopped/);
    expect(readFileSync(`${logFile}.1`, "utf8")).toBe(old);
  });

  it("lose no line that somebody follows", async () => {
    await box.ok("worker", "start", "--detach");
    const follower = box.start(["worker", "logs", "-f"]);
    for (const [round, id] of ["a", "b", "c"].entries()) {
      // Of a file that came and went while nobody looked, nobody can know: it has to be seen first.
      await run(`seen-${round}`);
      await waitFor("the follower", () => follower.stdout.includes(`job seen-${round} completed`));
      await run(id);
      await rotate(`${logFile}.${round + 1}`);
    }
    await run("d");
    await waitFor("the last line", () => follower.stdout.includes("job d completed"));
    const told = [...follower.stdout.matchAll(/job (\w) (started|completed)/g)].map(([, id, what]) => `${id} ${what}`);
    expect(told).toEqual(["a", "b", "c", "d"].flatMap((id) => [`${id} started`, `${id} completed`]));
  });
});

describe("worker logs -f", () => {
  it("shows what is still written to the old file after the new one is there", async () => {
    await box.ok("config", "set", "max-retries", "3");
    writeFileSync(logFile, "one\n");
    const follower = box.start(["worker", "logs", "-f"]);
    await waitFor("the first line", () => follower.stdout.includes("one"));
    renameSync(logFile, `${logFile}.1`);
    writeFileSync(logFile, "three, which is longer than all of the old file\n");
    appendFileSync(`${logFile}.1`, "two\n");
    await waitFor("the last line", () => follower.stdout.includes("three"));
    expect(follower.stdout).toBe("one\ntwo\nthree, which is longer than all of the old file\n");
    writeFileSync(logFile, "emptied\n");
    await waitFor("the file from its beginning", () => follower.stdout.endsWith("emptied\n"));
  });
});

it("SIGHUP leaves a supervisor in the foreground as it is", async () => {
  const supervisor = await box.supervisor();
  supervisor.child.kill("SIGHUP");
  await box.ok("enqueue", "--id", "j", "--command", "true");
  await box.reaches("j", "completed");
  expect(statSync(logFile, { throwIfNoEntry: false })).toBeUndefined();
  expect(supervisor.stderr).toContain("job j completed");
});

it("a grace that is configured while the supervisor runs holds for its stop", async () => {
  const supervisor = await box.supervisor();
  await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; exec sleep 1000");
  await waitFor("the job to run", () => box.lines("pid").length > 0);
  await box.ok("config", "set", "grace-period", "100ms");
  const store = await openStore({ database: sqliteLocation(join(box.home, "queuectl.db")), home: box.home });
  const beat = async () => (await store.processes.list()).find(({ kind }) => kind === "supervisor")?.heartbeatAt;
  try {
    // Each belongs to a sweep, which reads the configuration after it; so the first of two has been followed by that.
    for (let sweeps = 0, last = await beat(); sweeps < 2; sweeps++) {
      last = await waitFor("a sweep", async () => {
        const now = await beat();
        return now !== last && now;
      });
    }
  } finally {
    await store.close();
  }
  supervisor.child.kill("SIGTERM");
  expect(await supervisor.exited).toBe(75);
  expect(supervisor.stderr).toContain("may finish within 0.1s");
});
