/** A worker dies while jobs lie ready that it had claimed ahead: none of them pays for it. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";

const JOBS = ["a", "b", "c", "d", "e"];

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
  // Whatever is asked of the other tests: this one is about nothing else.
  box.env.QUEUECTL_ALWAYS_AHEAD = "1";
});
afterEach(() => box.dispose());

async function outcomes(ids: readonly string[]) {
  const histories = await Promise.all(ids.map((id) => box.history(id)));
  return histories.map(({ attempts }) => attempts.map(({ outcome }) => outcome));
}

it("a job that kills its worker costs the jobs behind it nothing", { timeout: 60_000 }, async () => {
  for (const id of JOBS) await box.enqueue(id, "true");
  const poison = "kill -9 $(ps -o ppid= -p $PPID); sleep 1000";
  await box.enqueue("poison", poison, { maxRetries: 3, priority: 1 });
  await box.supervisor("--count", "1", "--concurrency", "1");
  await box.idle();
  expect(await outcomes(["poison"])).toEqual([["lost", "lost", "lost"]]);
  expect(await outcomes(JOBS)).toEqual(JOBS.map(() => ["succeeded"]));
  for (const id of JOBS)
    expect((await box.history(id)).job).toMatchObject({ attempts: 1, interruptions: 0, losses: 0 });
  expect(await box.verdict()).toEqual([]);
});

it("charges only the job that had a slot when a worker dies right after its claim", async () => {
  box.arm("after-claim", "worker");
  for (const id of JOBS) await box.enqueue(id, "true");
  await box.supervisor("--count", "1", "--concurrency", "1");
  await box.idle();
  expect(box.reached).toBe(true);
  expect(await outcomes(JOBS)).toEqual([["lost", "succeeded"], ...JOBS.slice(1).map(() => ["succeeded"])]);
  expect(await box.verdict()).toEqual([]);
});

it("runs what lay ready elsewhere when the worker is frozen", { timeout: 60_000 }, async () => {
  box.arm("after-claim", "freeze");
  for (const id of JOBS) await box.enqueue(id, "true");
  await box.supervisor("--count", "1", "--concurrency", "1", "--name", "first");
  await waitFor("the worker to be frozen", () => box.reached);
  await box.supervisor("--count", "1", "--concurrency", "1", "--name", "second");
  await box.idle();
  const [first, ...others] = await outcomes(JOBS);
  expect(first?.at(-1)).toBe("succeeded");
  expect(others).toEqual(JOBS.slice(1).map(() => ["succeeded"]));
  expect(await box.verdict()).toEqual([]);
});
