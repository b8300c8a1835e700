/**
 * Workers and supervisors that are stopped rather than dead: they hold what they hold and say nothing. And zombies: those
 * that find, when they go on, that their lease was given to somebody else.
 */
import { afterEach, describe, expect, it } from "vitest";
import { contextOf } from "../../src/queue/client.js";
import { identityOf } from "../../src/system/process/identity.js";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";
import { LONG } from "./random.js";

const boxes: FaultBox[] = [];
afterEach(async () => {
  for (const box of boxes.splice(0)) await box.dispose();
});
function newBox(): FaultBox {
  const box = new FaultBox();
  boxes.push(box);
  return box;
}

/** The worker that runs this job, by its pid. */
async function workerOf(box: FaultBox, id: string): Promise<number> {
  const { job } = await box.history(id);
  const { workers } = await (await box.client()).status();
  return workers.find((worker) => worker.id === job.workerId)?.pid as number;
}

describe("a frozen worker", () => {
  it("that goes on in time keeps its job", { timeout: 60_000 }, async () => {
    const box = newBox();
    box.env.QUEUECTL_LEASE_DURATION = "15s";
    await box.supervisor();
    await box.enqueue("j", "sleep 4");
    await box.began("j");
    const worker = await workerOf(box, "j");
    process.kill(worker, "SIGSTOP");
    // This is the fault itself, not a wait for something: three seconds of silence.
    await new Promise((resume) => setTimeout(resume, 3000));
    process.kill(worker, "SIGCONT");
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    const { job, attempts } = await box.history("j");
    expect(job).toMatchObject({ state: "completed", attempts: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
  });

  it("that does not is killed, and its job runs again on another one", { timeout: 90_000 }, async () => {
    const box = newBox();
    // The lease of its first attempt outlives the silence, so that it is the heartbeat which is missed.
    box.env.QUEUECTL_LEASE_DURATION = "60s";
    await box.supervisor("--count", "2");
    await box.enqueue("j", `[ "$QUEUECTL_ATTEMPT" -gt 1 ] || sleep 1000`);
    await box.enqueue("neighbour", "true");
    const first = await box.began("j");
    const worker = await workerOf(box, "j");
    process.kill(worker, "SIGSTOP");
    const frozenAt = performance.now();
    await box.began("j", 2);
    expect(performance.now() - frozenAt).toBeLessThan(20_000);
    expect(identityOf(worker)).toBeNull();
    expect(identityOf(first.pid)).toBeNull();
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    const { attempts } = await box.history("j");
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"]);
  });

  it.runIf(LONG)("for 30 s, with a lease of the usual length, is killed once", { timeout: 120_000 }, async () => {
    const box = newBox();
    box.env.QUEUECTL_LEASE_DURATION = "15s";
    await box.supervisor("--count", "2");
    await box.enqueue("j", `[ "$QUEUECTL_ATTEMPT" -gt 1 ] || sleep 1000`);
    await box.began("j");
    const worker = await workerOf(box, "j");
    process.kill(worker, "SIGSTOP");
    // The fault itself again: half a minute of silence.
    await new Promise((resume) => setTimeout(resume, 30_000));
    expect(identityOf(worker)).toBeNull();
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    expect((await box.history("j")).attempts).toHaveLength(2);
  });

  it("whose lease runs out first is killed for that", { timeout: 60_000 }, async () => {
    const box = newBox();
    await box.supervisor("--count", "2");
    await box.enqueue("j", `[ "$QUEUECTL_ATTEMPT" -gt 1 ] || sleep 1000`);
    await box.began("j");
    const worker = await workerOf(box, "j");
    process.kill(worker, "SIGSTOP");
    const frozenAt = performance.now();
    await box.began("j", 2);
    expect(performance.now() - frozenAt).toBeLessThan(9000);
    expect(identityOf(worker)).toBeNull();
    await box.idle();
    expect(await box.verdict()).toEqual([]);
  });
});

describe("a worker whose lease was taken away while it lives", () => {
  for (const [what, body] of [
    ["ends the job's processes and records nothing", "sleep 1000"],
    ["does not get the result of a job that ends first recorded", "sleep 0.1"],
  ] as const) {
    it(what, { timeout: 60_000 }, async () => {
      const box = newBox();
      await box.supervisor();
      await box.enqueue("j", `[ "$QUEUECTL_ATTEMPT" -gt 1 ] || ${body}`);
      const { fence, pid } = await box.began("j");
      const { store } = contextOf(await box.client());
      // As a reaper on another host would: the lease is ended behind the worker's back, and the job is not due for a while.
      const settled = await store.leases.settle([
        {
          jobId: "j",
          fence,
          outcome: { kind: "lost", message: "taken away by a test" },
          decision: { event: "retry", delayMs: 3_600_000 },
        },
      ]);
      expect(settled).toEqual([true]);
      await waitFor("the job's process to be gone", () => identityOf(pid) === null);
      const [worker] = box.processes("worker");
      expect((await box.history("j")).attempts.map(({ outcome }) => outcome)).toEqual(["lost"]);
      expect((await box.history("j")).job.state).toBe("failed");
      // The worker itself goes on.
      await contextOf(await box.client()).store.jobs.expedite("j");
      await box.idle();
      expect(box.processes("worker")).toEqual([worker]);
      expect(await box.verdict()).toEqual([]);
      expect((await box.history("j")).attempts.map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"]);
    });
  }

  it("and which was frozen with its result in hand finds that it came too late", { timeout: 90_000 }, async () => {
    const box = newBox();
    box.env.QUEUECTL_LEASE_DURATION = "60s";
    box.arm("exited-unsettled", "freeze");
    await box.supervisor();
    await box.enqueue("j", "true");
    await waitFor("the worker to be frozen", () => box.reached);
    const { fence } = await box.began("j");
    const { store } = contextOf(await box.client());
    await store.leases.settle([
      {
        jobId: "j",
        fence,
        outcome: { kind: "lost", message: "taken away by a test" },
        decision: { event: "retry", delayMs: 0 },
      },
    ]);
    process.kill(box.processes("worker")[0]?.pid as number, "SIGCONT");
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    expect((await box.history("j")).attempts.map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"]);
  });
});

it("a frozen tree loses no job if its supervisor goes on before its worker", { timeout: 90_000 }, async () => {
  const box = newBox();
  box.env.QUEUECTL_LEASE_DURATION = "4s";
  const supervisor = await box.supervisor();
  await box.enqueue("j", "sleep 12");
  await box.began("j");
  const worker = await workerOf(box, "j");
  const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));
  // The fault itself: the worker is caught just before a renewal, so that the supervisor has missed it once.
  process.kill(worker, "SIGSTOP");
  await pause(3500);
  supervisor.child.kill("SIGSTOP");
  await pause(6000);
  supervisor.child.kill("SIGCONT");
  await pause(1200);
  process.kill(worker, "SIGCONT");
  await box.idle();
  expect(await box.verdict()).toEqual([]);
  const { job, attempts } = await box.history("j");
  expect(job).toMatchObject({ state: "completed", attempts: 1 });
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
});

it("a frozen supervisor keeps its name, and what it finds when it goes on does not confuse it", {
  timeout: 90_000,
}, async () => {
  const box = newBox();
  const supervisor = await box.supervisor("--count", "2");
  await box.enqueue("long", `[ "$QUEUECTL_ATTEMPT" -gt 1 ] || sleep 1000`);
  await box.began("long");
  const worker = await workerOf(box, "long");
  supervisor.child.kill("SIGSTOP");
  process.kill(worker, "SIGKILL");
  expect((await box.run(["worker", "start", "--name", "main"])).code).toBe(6);
  for (const id of ["a", "b", "c"]) await box.enqueue(id, "true");
  await waitFor("the other worker to go on", async () => (await box.history("c")).job.state === "completed");
  supervisor.child.kill("SIGCONT");
  await box.idle();
  await waitFor("the dead worker to be replaced", () => box.processes("worker").length === 2);
  expect(await box.verdict()).toEqual([]);
});
