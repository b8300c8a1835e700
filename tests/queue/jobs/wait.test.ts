/** Waiting, on a store that does what the case says. */
import { expect, it } from "vitest";
import { StoreBusyError, StoreUnreachableError } from "../../../src/core/errors.js";
import type { JobState } from "../../../src/core/job/state.js";
import { waitForJobs } from "../../../src/queue/jobs/wait.js";
import { CHANGE_KINDS, type ChangeKind } from "../../../src/store/contract/wake-ups.js";

/** Answers with one look after the other, and wakes whoever waits after each. */
function storeOf(looks: readonly (Readonly<Record<string, JobState>> | Error)[]) {
  let wake = () => {};
  let next = 0;
  let listening = 0;
  return {
    asked: [] as (readonly string[])[],
    get listening() {
      return listening;
    },
    jobs: {
      async states(this: unknown, ids: readonly string[]) {
        const look = looks[Math.min(next++, looks.length - 1)] ?? {};
        store.asked.push(ids);
        setImmediate(() => wake());
        if (look instanceof Error) throw look;
        return new Map(Object.entries(look).filter(([id]) => ids.includes(id)));
      },
    },
    isReplaced: async () => false,
    onWork(listener: (about: readonly ChangeKind[]) => void) {
      wake = () => listener(CHANGE_KINDS);
      listening++;
      return () => {
        listening--;
      };
    },
  };
}
let store: ReturnType<typeof storeOf>;

it("ends when all have ended, and asks only for those that have not", async () => {
  store = storeOf([{ a: "processing", b: "failed" }, { a: "completed", b: "pending" }, { b: "dead" }]);
  const seen: string[] = [];
  const onLook = (ended: number, total: number) => void seen.push(`${ended}/${total}`);
  const { ended, unfinished } = await waitForJobs(store, ["a", "b", "a"], { onLook });
  expect([...ended]).toEqual([
    ["a", "completed"],
    ["b", "dead"],
  ]);
  expect(unfinished.size).toBe(0);
  expect(store.asked).toEqual([["a", "b"], ["a", "b"], ["b"]]);
  expect(seen).toEqual(["0/2", "1/2", "2/2"]);
  expect(store.listening).toBe(0);
});

it("takes a job that is gone for deleted", async () => {
  store = storeOf([{ a: "pending" }, {}]);
  expect([...(await waitForJobs(store, ["a"], {})).ended]).toEqual([["a", "deleted"]]);
});

it("goes on while the database does not answer, and passes any other error on", async () => {
  const silent = new StoreUnreachableError("the server is gone");
  store = storeOf([{ a: "pending" }, new StoreBusyError("db", 30_000), silent, { a: "completed" }]);
  expect([...(await waitForJobs(store, ["a"], {})).ended]).toEqual([["a", "completed"]]);
  store = storeOf([new Error("disk on fire")]);
  await expect(waitForJobs(store, ["a"], {})).rejects.toThrow("disk on fire");
  expect(store.listening).toBe(0);
});

it("gives up when the time is over, with what it saw last; without any time it looks once", async () => {
  store = storeOf([{ a: "completed", b: "failed" }]);
  const { ended, unfinished } = await waitForJobs(store, ["a", "b"], { timeoutMs: 0 });
  expect([[...ended], [...unfinished]]).toEqual([[["a", "completed"]], [["b", "failed"]]]);
  expect(store.asked.length).toBe(1);
});
