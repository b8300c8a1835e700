import { beforeEach, expect, it } from "vitest";
import { Poll } from "../../src/worker/poll.js";

let now: number;
let version: unknown;
let asked: number;
let poll: Poll;

beforeEach(() => {
  now = 1_000_000;
  version = 1;
  asked = 0;
  const clock = { now: () => now, monotonic: () => 0 };
  poll = new Poll({
    clock,
    version: async () => {
      asked += 1;
      return version;
    },
  });
});

/** A claim that leaves slots free. Resolves to how long the worker sleeps then. */
async function claim(nextDueAt: number | null = null): Promise<number> {
  await poll.begin(true);
  return poll.claimed(1000, nextDueAt);
}

it("sleeps until the next job is due, but no longer than a poll interval", async () => {
  expect(await claim()).toBe(1000);
  expect(await claim(now + 5000)).toBe(1000);
  expect(await claim(now + 300)).toBe(300);
  expect(await claim(now - 300)).toBe(0);
});

it("claims only if another process has written", async () => {
  await claim();
  for (let polls = 0; polls < 3; polls++) expect(await poll.goOn()).toBe(1000);
  version = 2;
  expect(await poll.goOn()).toBe(0);
  await claim();
  expect(await poll.goOn()).toBe(1000);
});

it("claims again if another process wrote during the claim", async () => {
  await poll.begin(true);
  version = 2;
  poll.claimed(1000, null);
  expect(await poll.goOn()).toBe(0);
});

it("claims when a job is due, also by a clock that jumps", async () => {
  await claim(now + 3_600_000);
  expect(await poll.goOn()).toBe(1000);
  now += 3_599_900;
  expect(await poll.goOn()).toBe(100);
  now += 100;
  expect(await poll.goOn()).toBe(0);
});

it("claims at each poll after a claim that failed, and while the version is not known", async () => {
  expect(await poll.goOn()).toBe(0);
  await claim();
  await poll.begin(true);
  expect(await poll.goOn()).toBe(0);
  version = null;
  await claim();
  expect(await poll.goOn()).toBe(0);
});

it("costs a busy worker nothing", async () => {
  await poll.begin(false);
  poll.claimed(1000, null);
  expect(await poll.goOn()).toBe(0);
  expect(asked).toBe(0);
});
