/** One call comes to the same as its jobs enqueued one by one, whatever their unique keys and ids, and however it is cut into pieces. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { DependencyCondition } from "../../../src/core/dependency/dependency.js";
import type { UniqueConflict } from "../../../src/core/job/schema.js";
import { isTerminal, type JobState, STATES } from "../../../src/core/job/state.js";
import type { NewJob, Store } from "../../../src/store/contract/store.js";
import { JobConflictError } from "../../../src/store/errors.js";
import { BURY, cancelJob, claim, get, insert, insertGraph, newJob, retryAfter, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

interface Earlier {
  readonly key: string | null;
  readonly state: JobState;
  /** How a job waits for it, if one does. */
  readonly when: DependencyCondition | null;
}

interface JobRequest {
  readonly id: string;
  readonly key: string | null;
  readonly onConflict: UniqueConflict;
}

interface Call {
  readonly requests: readonly JobRequest[];
  readonly replace: boolean;
  /** How many jobs each batch has; more than one batch is read back piece by piece. */
  readonly sizes: readonly number[];
}

const FAILED = { kind: "failed", exitCode: 1 } as const;
const key = fc.constantFrom("u", "u", "v", null);

const earlier: fc.Arbitrary<Earlier[]> = fc.array(
  fc.record({ key, state: fc.constantFrom(...STATES), when: fc.constantFrom(null, "ok", "fail", "any") }),
  { maxLength: 4 },
);

const request = fc.record({
  id: fc.constantFrom("old0", "old1", "old2", "old3", ...Array.from({ length: 12 }, (_, n) => `new${n}`)),
  key,
  onConflict: fc.constantFrom("skip", "skip", "replace", "replace", "reject"),
} satisfies { [name in keyof JobRequest]: fc.Arbitrary<JobRequest[name]> });

// An id that occurs twice is refused in a call, where one by one the second would replace the first.
const requests = (replace: boolean) =>
  replace ? fc.uniqueArray(request, { maxLength: 12, selector: ({ id }) => id }) : fc.array(request, { maxLength: 12 });

const call: fc.Arbitrary<Call> = fc.boolean().chain((replace) =>
  fc.record({
    requests: requests(replace),
    replace: fc.constant(replace),
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  }),
);

/** One of two worlds in the same store, which know nothing of each other: it gives ids and keys a prefix of its own. */
class World {
  readonly #store: Store;
  readonly #prefix: string;

  constructor(store: Store, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  #named(name: string | null): string | null {
    return name && this.#prefix + name;
  }

  #job(id: string, uniqueKey: string | null, fields: Partial<NewJob> = {}): NewJob {
    const own = this.#prefix + id;
    return newJob({ ...fields, id: own, queue: own, tags: [this.#prefix], uniqueKey: this.#named(uniqueKey) });
  }

  async prepare(jobs: readonly Earlier[]): Promise<void> {
    const taken = new Set<string>();
    for (const [n, { key, state, when }] of jobs.entries()) {
      const id = `old${n}`;
      const free = key !== null && !taken.has(key) ? key : null;
      if (free !== null && !isTerminal(state)) taken.add(free);
      if (state === "blocked") {
        const first = this.#job(`first${n}`, null);
        const after = [{ job: first.id, when: "any" as const }];
        await insertGraph(this.#store, first, this.#job(id, free, { after }));
      } else await insert(this.#store, this.#job(id, free));
      if (when !== null) {
        const after = [{ job: this.#prefix + id, when }];
        await insertGraph(this.#store, this.#job(`kid${n}`, null, { after }));
      }
      await this.#bring(this.#prefix + id, state);
    }
  }

  async #bring(id: string, state: JobState): Promise<void> {
    if (state === "cancelled") await cancelJob(this.#store, id);
    if (["blocked", "pending", "cancelled"].includes(state)) return;
    const [job] = await claim(this.#store, { queues: [id] });
    if (job === undefined) throw new Error(`${id} cannot be claimed`);
    if (state === "completed") await settle(this.#store, job);
    if (state === "dead") await settle(this.#store, job, BURY, FAILED);
    if (state === "failed") await settle(this.#store, job, retryAfter(1000), FAILED);
  }

  /** What was skipped, or what the call failed at. */
  async enqueue({ requests, replace, sizes }: Call): Promise<unknown> {
    const jobs = requests.map(({ id, key, onConflict }, n) => this.#job(id, key, { onConflict, command: `${n}` }));
    const batches: NewJob[][] = [];
    for (const size of sizes) batches.push(jobs.splice(0, size));
    return this.#insert([...batches, jobs], replace, 0);
  }

  async enqueueOneByOne({ requests, replace }: Call): Promise<unknown> {
    const skipped: unknown[] = [];
    for (const [n, request] of requests.entries()) {
      const { id, key, onConflict } = request;
      const job = this.#job(id, key, { onConflict, command: `${n}` });
      const result = await this.#insert([[job]], replace, n);
      if (!Array.isArray(result)) return result;
      skipped.push(...result);
    }
    return skipped;
  }

  async #insert(batches: NewJob[][], replace: boolean, from: number): Promise<unknown> {
    const skipped: unknown[] = [];
    const onSkipped = (id: string, holder: string, position: number) => {
      skipped.push({ id: this.#plain(id), holder: this.#plain(holder), position: from + position });
    };
    try {
      const count = await this.#store.jobs.insert(batches, { replace, onSkipped });
      expect(count + skipped.length).toBe(batches.flat().length);
      return skipped;
    } catch (error) {
      if (!(error instanceof JobConflictError)) throw error;
      return { inTheWay: this.#plain(error.jobId), position: from + error.position };
    }
  }

  /** All of its jobs in their order. */
  async look(): Promise<unknown[]> {
    const jobs = await this.#store.jobs.list({ tags: [this.#prefix] });
    return Promise.all(
      jobs.map(async ({ id, state, command, uniqueKey, finishedAt, lastError }) => {
        const dependencies = await this.#store.jobs.dependencies(id);
        return {
          ...{ state, command, finishedAt },
          id: this.#plain(id),
          uniqueKey: uniqueKey && this.#plain(uniqueKey),
          lastError: lastError && this.#plain(lastError),
          after: dependencies.map((dependency) => ({ ...dependency, parent: this.#plain(dependency.parent) })),
        };
      }),
    );
  }

  #plain(text: string): string {
    return text.replaceAll(this.#prefix, "");
  }
}

/** A job's id is used again in the call in which another one takes its place, and the new job is replaced as well. */
const REUSED_ID: [Earlier[], Call] = [
  [
    { key: "u", state: "dead", when: null },
    { key: "u", state: "blocked", when: "ok" },
  ],
  {
    requests: [
      { id: "old0", key: "u", onConflict: "replace" },
      { id: "old1", key: "v", onConflict: "skip" },
      { id: "new11", key: "v", onConflict: "replace" },
    ],
    replace: true,
    sizes: [],
  },
];

export function admissionCases(current: Current): void {
  it("takes a call as its jobs one by one", async () => {
    const { store } = current();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(earlier, call, async (jobs, call) => {
        const run = ++runs;
        const [whole, single] = [new World(store, `w${run}.`), new World(store, `s${run}.`)];
        for (const world of [whole, single]) await world.prepare(jobs);
        const before = await whole.look();
        expect(await single.look()).toEqual(before);
        const expected = await single.enqueueOneByOne(call);
        expect(await whole.enqueue(call)).toEqual(expected);
        expect(await whole.look()).toEqual(Array.isArray(expected) ? await single.look() : before);
      }),
      { numRuns: 150, examples: [REUSED_ID] },
    );
  });

  it("takes thousands of jobs with few keys, each as it wants", async () => {
    const { store } = current();
    const jobs = Array.from({ length: 2500 }, (_, n) =>
      newJob({ id: `n${n}`, uniqueKey: `k${n % 3}`, onConflict: n % 2 === 0 ? "replace" : "skip" }),
    );
    const skipped: string[] = [];
    const count = await store.jobs.insert([jobs], { onSkipped: (id) => skipped.push(id) });
    expect([count, skipped.length]).toEqual([1251, 1249]);
    expect(await store.jobs.counts()).toMatchObject({ pending: 3, cancelled: 1248 });
    const waiting = await store.jobs.list({ states: ["pending"] });
    expect(waiting.map(({ id }) => id)).toEqual(["n2494", "n2496", "n2498"]);
    expect(await get(store, "n0")).toMatchObject({ lastError: expect.stringContaining("job n6") });
  });
}
