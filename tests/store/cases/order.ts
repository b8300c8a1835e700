/** Random jobs and claims against a model that is too simple to be wrong: sort everything, take the first ones. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { claim, newJob } from "../harness.js";
import type { Current } from "../store-suite.js";

const job = fc.record({
  queue: fc.constantFrom("a", "b", "c"),
  priority: fc.integer({ min: -1, max: 1 }),
  /** From the moment the job is inserted. */
  delay: fc.integer({ min: -3, max: 3 }),
});

const step = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), jobs: fc.array(job, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    kind: fc.constant("claim" as const),
    limit: fc.integer({ min: 1, max: 5 }),
    queues: fc.option(fc.subarray(["a", "b", "c", "none"])),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 3 }) }),
);

interface Waiting {
  id: string;
  queue: string;
  priority: number;
  runAt: number;
}

export function orderCases(current: Current): void {
  it("agrees with a simple model", async () => {
    const { store, clock } = current();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const run = `run${++runs}`;
        // Every run has queues of its own, so that what is left of one does not disturb the next.
        const queueOf = (name: string) => `${run}-${name}`;
        let waiting: Waiting[] = [];
        let inserted = 0;
        for (const next of steps) {
          if (next.kind === "wait") clock.advance(next.ms);
          if (next.kind === "insert") {
            const jobs = next.jobs.map(({ queue, priority, delay }) =>
              newJob({ id: `${run}-${++inserted}`, queue: queueOf(queue), priority, runAt: clock.now() + delay }),
            );
            await store.jobs.insert([jobs]);
            waiting.push(...jobs.map((made) => ({ ...made, runAt: made.runAt ?? 0 })));
          }
          if (next.kind === "claim") {
            const queues = (next.queues ?? ["a", "b", "c"]).map(queueOf);
            // Array sorting is stable, so equal jobs stay in the order of their creation.
            const expected = waiting
              .filter((one) => queues.includes(one.queue) && one.runAt <= clock.now())
              .sort((a, b) => b.priority - a.priority || a.runAt - b.runAt)
              .slice(0, next.limit)
              .map((one) => one.id);
            const claimed = (await claim(store, { queues, limit: next.limit })).map((one) => one.id);
            expect(claimed).toEqual(expected);
            waiting = waiting.filter((one) => !claimed.includes(one.id));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
}
