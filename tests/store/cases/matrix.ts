/**
 * Generated from the transition table: every state × every event. Either the job moves as the table says, or nothing at all
 * changes. An event that no method can cause yet has no column here; the check below keeps that list honest.
 */
import { expect, it } from "vitest";
import type { Decision } from "../../../src/core/job/decide.js";
import type { Outcome } from "../../../src/core/job/outcome.js";
import { allows, type JobEvent, type JobState, STATES, TRANSITIONS } from "../../../src/core/job/state.js";
import type { Store } from "../../../src/store/contract/store.js";
import type { StoreHarness } from "../harness.js";
import {
  BURY,
  CANCEL,
  COMPLETE,
  cancelJob,
  claim,
  deleteJob,
  get,
  insert,
  processing,
  RELEASE,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

const FAILED = { kind: "failed", exitCode: 1 } as const;

/** What brings a new job into a state. */
export const INTO: Readonly<Record<JobState, (harness: StoreHarness) => Promise<string>>> = {
  blocked: async ({ store, block }) => {
    const [id = ""] = await insert(store, {});
    await block(id);
    return id;
  },
  pending: async ({ store }) => (await insert(store, {}))[0] ?? "",
  processing: async ({ store }) => (await processing(store)).id,
  completed: ({ store }) => settled(store, COMPLETE),
  failed: ({ store }) => settled(store, retryAfter(0), FAILED),
  dead: ({ store }) => settled(store, BURY, FAILED),
  cancelled: async ({ store }) => {
    const [id = ""] = await insert(store, {});
    await cancelJob(store, id);
    return id;
  },
};

async function settled(store: Store, decision: Decision, outcome?: Outcome): Promise<string> {
  const job = await processing(store);
  await settle(store, job, decision, outcome);
  return job.id;
}

/** What causes an event, if the job's state lets it. */
const CAUSES: Readonly<Partial<Record<JobEvent, (store: Store, id: string) => Promise<unknown>>>> = {
  claim: (store) => claim(store),
  complete: async (store, id) => settle(store, await get(store, id), COMPLETE),
  retry: async (store, id) => settle(store, await get(store, id), retryAfter(7), FAILED),
  bury: async (store, id) => settle(store, await get(store, id), BURY, FAILED),
  release: async (store, id) => settle(store, await get(store, id), RELEASE, { kind: "interrupted" }),
  cancel: async (store, id) => {
    const { kind } = await cancelJob(store, id);
    if (kind === "requested") await settle(store, await get(store, id), CANCEL, { kind: "cancelled", reason: null });
  },
  revive: (store, id) => reviveJob(store, id),
  expedite: (store, id) => store.jobs.expedite(id),
};

/** `unblock`, and `bury` of a blocked job, come with dependencies. */
const NOT_YET = (event: JobEvent, state: JobState) => event === "bury" && state === "blocked";

export function matrixCases(current: Current): void {
  it("has a cause for every event but unblock", () => {
    expect(Object.keys(TRANSITIONS).filter((event) => !(event in CAUSES))).toEqual(["unblock"]);
  });

  for (const [event, cause] of Object.entries(CAUSES) as [JobEvent, (store: Store, id: string) => Promise<unknown>][]) {
    for (const state of STATES) {
      const moves = allows(event, state) && !NOT_YET(event, state);
      it(`${event} on ${state}: ${moves ? TRANSITIONS[event].to : "nothing changes"}`, async () => {
        const { store, snapshot, clock } = current();
        const id = await INTO[state](current());
        expect((await get(store, id)).state).toBe(state);
        clock.advance(3);
        const before = await snapshot(id);
        await cause(store, id);
        if (moves) {
          expect(await get(store, id)).toMatchObject({ state: TRANSITIONS[event].to, updatedAt: clock.now() });
        } else {
          expect(await snapshot(id)).toEqual(before);
        }
      });
    }
  }

  it("settles nothing but a processing job, whatever the table allows", async () => {
    const { store, snapshot } = current();
    for (const state of STATES.filter((one) => one !== "processing")) {
      const id = await INTO[state](current());
      const before = await snapshot(id);
      expect(await settle(store, await get(store, id), CANCEL, { kind: "cancelled", reason: null }), state).toBe(false);
      expect(await snapshot(id)).toEqual(before);
      await deleteJob(store, id);
    }
  });
}
