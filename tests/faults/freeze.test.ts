/**
 * Everything of a queue stands still for longer than any patience, and goes on: healthy jobs are neither killed nor
 * charged. By the freezer of a cgroup, as `docker pause` does it, and by signals, after which the supervisor goes on first.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";
import { Freezer } from "./freezer.js";
import { LONG } from "./random.js";

let box: FaultBox;
let freezer: Freezer | null;
beforeEach(() => {
  box = new FaultBox();
  freezer = null;
});
afterEach(async () => {
  freezer?.remove();
  await box.dispose();
});

/** Some that run, some that wait, and some that end while nothing can be recorded. */
async function busyQueue(): Promise<void> {
  box.env.QUEUECTL_LEASE_DURATION = "15s";
  await box.supervisor("--count", "2", "--concurrency", "3");
  for (let n = 0; n < 3; n++) await box.enqueue(`long${n}`, "for n in 1 2 3 4 5 6 7 8; do sleep 0.5; done");
  for (let n = 0; n < 12; n++) await box.enqueue(`short${n}`, "sleep 0.4");
  for (let n = 0; n < 3; n++) await box.began(`long${n}`);
  await box.began("short1");
}

/** Each job ran once. */
async function expectNoHarm(): Promise<void> {
  const workers = box.processes("worker");
  await box.idle();
  expect(box.processes("worker")).toEqual(workers);
  expect(await box.verdict()).toEqual([]);
  const jobs = [
    ...Array.from({ length: 3 }, (_, n) => `long${n}`),
    ...Array.from({ length: 12 }, (_, n) => `short${n}`),
  ];
  for (const id of jobs) {
    const { job, attempts } = await box.history(id);
    expect({ id, attempts: job.attempts, outcomes: attempts.map(({ outcome }) => outcome) }).toEqual({
      id,
      attempts: 1,
      outcomes: ["succeeded"],
    });
  }
}

/** The fault itself, not a wait for something. */
const LENGTHS = [14, 20, 25];

describe.runIf(LONG)("a tree that is frozen", () => {
  it.for(LENGTHS)("by its cgroup for %i s harms no job", { timeout: 180_000 }, async (seconds, { skip }) => {
    freezer = Freezer.make();
    if (freezer === null) return skip("needs a cgroup (v2) of its own, which only root can make");
    await busyQueue();
    freezer.add(box.processes().map(({ pid }) => pid));
    await freezer.freeze();
    await sleep(seconds * 1000);
    freezer.thaw();
    await expectNoHarm();
  });

  it.each(LENGTHS)(
    "by signals for %i s harms no job, if the supervisor goes on first",
    {
      timeout: 180_000,
    },
    async (seconds) => {
      await busyQueue();
      const frozen = new Set<number>();
      await waitFor("nothing new to appear", () => {
        const before = frozen.size;
        for (const { pid } of box.processes()) if (signal(pid, "SIGSTOP")) frozen.add(pid);
        return frozen.size === before;
      });
      await sleep(seconds * 1000);
      const supervisors = box.processes("supervisor").map(({ pid }) => pid);
      for (const pid of supervisors) signal(pid, "SIGCONT");
      // It looks around before the others go on.
      await sleep(3000);
      for (const pid of frozen) signal(pid, "SIGCONT");
      await expectNoHarm();
    },
  );
});

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
