/**
 * Who a process is: a restarted machine and a pid that was used again, both forged, since a test can have neither. The
 * innocent process that got the pid must live.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextOf } from "../../src/queue/client.js";
import { identityOf, type ProcessIdentity } from "../../src/system/process/identity.js";
import { FaultBox } from "./fault-box.js";

let box: FaultBox;
let innocent: ChildProcess;
beforeEach(() => {
  box = new FaultBox();
  innocent = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
});
afterEach(async () => {
  innocent.kill("SIGKILL");
  await box.dispose();
});

/** A job that is held by a worker which registered with this identity and was never heard of again. */
async function heldBy(identity: ProcessIdentity, id: string): Promise<void> {
  await box.enqueue(id, "true");
  const { store } = contextOf(await box.client());
  await store.processes.register({
    ...identity,
    id: "ghost",
    kind: "worker",
    home: box.home,
    pool: "main",
    supervisorId: null,
    state: "running",
    restarts: 0,
    queues: null,
    slots: 1,
    program: null,
  });
  const { jobs } = await store.leases.claim({ workerId: "ghost", queues: null, limit: 1, leaseMs: 3_600_000 });
  expect(jobs).toHaveLength(1);
}

const outcomes = async (id: string) => (await box.history(id)).attempts.map(({ outcome }) => outcome);

describe("a job that was running when the machine was restarted", () => {
  it("runs again at once, and the attempt does not count", async () => {
    // The pid is alive today, but it was given before the boot.
    await heldBy({ ...innocentIdentity(), bootId: "another-boot" }, "j");
    await box.supervisor();
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    expect((await box.history("j")).job).toMatchObject({ state: "completed", attempts: 1, interruptions: 1 });
    expect(await outcomes("j")).toEqual(["interrupted", "succeeded"]);
    expect(innocentIsAlive()).toBe(true);
  });
});

describe("a pid that was used again", () => {
  it("is not taken for the worker that had it: the job is lost, the process lives", async () => {
    await heldBy({ ...innocentIdentity(), startTime: "1" }, "j");
    await box.supervisor();
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    expect(await outcomes("j")).toEqual(["lost", "succeeded"]);
    expect(innocentIsAlive()).toBe(true);
  });

  it("in the PID file is not taken for the supervisor", async () => {
    await box.ok("config", "set", "max-retries", "3");
    const decoy = { ...innocentIdentity(), startTime: "1", id: "decoy" };
    writeFileSync(join(box.home, "supervisor.pid"), JSON.stringify(decoy));
    for (const force of [[], ["--force"]]) expect((await box.run(["worker", "stop", ...force])).code).toBe(5);
    expect(innocentIsAlive()).toBe(true);
    await box.supervisor();
    await box.ok("worker", "stop");
    expect(innocentIsAlive()).toBe(true);
  });

  it("of a worker whose job somebody cancels is left alone", async () => {
    await heldBy({ ...innocentIdentity(), startTime: "1" }, "j");
    await box.ok("cancel", "j");
    expect((await box.history("j")).job.state).toBe("cancelled");
    expect(innocentIsAlive()).toBe(true);
  });
});

it("a worker that lives is not given up because nobody knows its supervisor", async () => {
  await heldBy(innocentIdentity(), "j");
  // It counts as one of the pool while it lives.
  await box.supervisor("--count", "2");
  await box.enqueue("other", "true");
  await box.began("other");
  expect((await box.history("j")).job.state).toBe("processing");
  expect(innocentIsAlive()).toBe(true);
});

function innocentIdentity(): ProcessIdentity {
  return identityOf(innocent.pid as number) as ProcessIdentity;
}

function innocentIsAlive(): boolean {
  return innocent.exitCode === null && innocent.signalCode === null && identityOf(innocent.pid as number) !== null;
}
