import { expect, it } from "vitest";
import type { NewJob } from "../../../src/store/contract/store.js";
import { JobConflictError } from "../../../src/store/errors.js";
import { claim, filesIn, get, insert, large, newJob, processing, settle, short } from "../harness.js";
import type { Current } from "../store-suite.js";

const batches = (...of: Partial<NewJob>[][]): NewJob[][] => of.map((batch) => batch.map(newJob));

/** Every way to come in: at once, and through the staging of many batches. */
const WAYS = {
  "one batch": (jobs: NewJob[]) => [jobs],
  "many batches": (jobs: NewJob[]) => jobs.map((job) => [job]),
};

/** Of what a job is given, values other than those of {@link newJob}. */
const VALUES: Omit<NewJob, "id" | "uniqueKey" | "onConflict" | "ref" | "after"> = {
  command: ["printf", 'a "b" \n ü'],
  queue: "mail",
  priority: -3,
  maxRetries: 5,
  timeoutMs: 0,
  backoffBase: 1.5,
  cwd: "/tmp/ü",
  env: { A: "1", Q: '{"' },
  tags: ["x", "y"],
  runAt: Date.UTC(2040, 0, 1),
  deadlineMs: 60_000,
  limitKey: "disk",
  limit: 2,
  onUnmet: "hold",
  options: { policy: "api", resources: { nice: 5 } },
};

export function insertCases(current: Current): void {
  it("stores what it was given, as a pending job", async () => {
    const { store, clock } = current();
    const given = newJob({
      id: "all",
      command: ["printf", "%s", 'a "b" \n ü'],
      queue: "mail",
      priority: -3,
      maxRetries: 5,
      timeoutMs: 0,
      backoffBase: 1.5,
      cwd: '/tmp/a "b" \\ü\n\u2028😀',
      env: { A: "1", Ü: "", Q: '{"' },
      tags: ["x", "y"],
      runAt: clock.now() + 5000,
      deadlineMs: 60_000,
      uniqueKey: "only one",
      limitKey: "disk",
      limit: 2,
      onUnmet: "hold",
    });
    expect(await store.jobs.insert([[given]])).toBe(1);
    const { ref: _ref, after: _after, onConflict: _onConflict, ...kept } = given;
    expect(await store.jobs.get("all")).toEqual({
      ...kept,
      deadlineAt: clock.now() + 65_000,
      state: "pending",
      attempts: 0,
      createdAt: clock.now(),
      updatedAt: clock.now(),
      startedAt: null,
      finishedAt: null,
      exitCode: null,
      signal: null,
      lastError: null,
      result: null,
      progress: null,
      progressMessage: null,
      workerId: null,
      fence: 0,
      interruptions: 0,
      losses: 0,
    });
  });

  it.each(Object.entries(VALUES).flatMap(([key, value]) => Object.keys(WAYS).map((way) => ({ key, value, way }))))(
    "keeps the $key of each job, whether the others have it too or not, in $way",
    async ({ key, value, way }) => {
      const { store, clock } = current();
      const enqueue = WAYS[way as keyof typeof WAYS];
      for (const fields of [
        [1, 1],
        [0, 1],
        [1, 0],
      ].map((row) => row.map((has) => (has ? { [key]: value } : {})))) {
        const jobs = fields.map(newJob);
        await store.jobs.insert(enqueue(jobs));
        for (const { id, ref: _ref, after: _after, onConflict: _onConflict, runAt, ...given } of jobs) {
          expect(await store.jobs.get(id)).toMatchObject({ ...given, runAt: runAt ?? clock.now() });
        }
      }
    },
  );

  it("counts the deadline from now if the time to run is over", async () => {
    const { store, clock } = current();
    await insert(store, { id: "late", runAt: clock.now() - 60_000, deadlineMs: 1000 });
    expect(await get(store, "late")).toMatchObject({ runAt: clock.now() - 60_000, deadlineAt: clock.now() + 1000 });
    expect(await store.jobs.expedite("late")).toMatchObject({ job: { deadlineAt: clock.now() + 1000 } });
  });

  it("takes no time to run at as now", async () => {
    const { store, clock } = current();
    const [id = ""] = await insert(store, {});
    expect((await get(store, id)).runAt).toBe(clock.now());
  });

  it("takes nothing as nothing", async () => {
    const { store } = current();
    expect(await store.jobs.insert([])).toBe(0);
    expect(await store.jobs.insert([[], []])).toBe(0);
  });

  it("takes batches from an async source, empty ones too, in their order", async () => {
    const { store } = current();
    async function* source() {
      yield* batches([], [{ id: "c" }], [], [{ id: "a" }, { id: "b" }]);
    }
    expect(await store.jobs.insert(source())).toBe(3);
    expect((await store.jobs.list({})).map((job) => job.id)).toEqual(["c", "a", "b"]);
  });

  it("does not lock anybody out while it waits for batches", async () => {
    const { store, connect } = current();
    const other = await connect();
    async function* source() {
      yield* batches([{ id: "a" }], [{ id: "b" }]);
      await insert(other, { id: "theirs" });
      expect(await store.jobs.get("a")).toBeNull();
      yield* batches([{ id: "c" }]);
    }
    expect(await store.jobs.insert(source())).toBe(3);
    expect((await store.jobs.list({})).map((job) => job.id)).toEqual(["theirs", "a", "b", "c"]);
  });

  it("keeps two inserts apart that run at the same time", async () => {
    const { store } = current();
    const many = (prefix: string) => Array.from({ length: 5 }, (_, n) => [newJob({ id: `${prefix}${n}` })]);
    expect(await Promise.all([store.jobs.insert(many("a")), store.jobs.insert(many("b"))])).toEqual([5, 5]);
    expect(await store.jobs.list({})).toHaveLength(10);
  });

  it("passes on an error of its source, and writes nothing", async () => {
    const { store } = current();
    async function* source() {
      yield* batches([{ id: "a" }], [{ id: "b" }]);
      throw new Error("line 3 is no JSON");
    }
    await expect(store.jobs.insert(source())).rejects.toThrow("line 3 is no JSON");
    expect(await store.jobs.list({})).toEqual([]);
    await insert(store, { id: "a" });
  });

  for (const [way, split] of Object.entries(WAYS)) {
    const conflictOf = async (ids: string[], replace = false): Promise<JobConflictError> => {
      const jobs = ids.map((id) => newJob({ id }));
      const error = await current()
        .store.jobs.insert(split(jobs), { replace })
        .catch((thrown) => thrown);
      expect(error).toBeInstanceOf(JobConflictError);
      return error;
    };

    it(`names the first id that exists, and writes nothing (${way})`, async () => {
      const { store } = current();
      await insert(store, { id: "old1" }, { id: "old2" });
      const error = await conflictOf(["new1", "old2", "new2", "old1"]);
      expect([error.jobId, error.position, error.code]).toEqual(["old2", 1, "conflict"]);
      expect(await store.jobs.list({})).toHaveLength(2);
    });

    it(`names the first id that occurs twice (${way})`, async () => {
      const { store } = current();
      await insert(store, { id: "old" });
      const error = await conflictOf(["a", "b", "c", "b", "a", "old"]);
      expect([error.jobId, error.position]).toEqual(["b", 3]);
      expect(error.message).toContain("twice");
      expect((await conflictOf(["a", "b", "old", "b"])).position).toBe(2);
      expect(await store.jobs.list({})).toHaveLength(1);
    });

    it(`replaces a job and its history (${way})`, async () => {
      const { store } = current();
      const old = await processing(store, { id: "a", command: "old" });
      const output = { stdout: large(store, "output/1.out"), stderr: short(""), host: null };
      await settle(store, old, undefined, undefined, { output });

      const dropped: string[] = [];
      const jobs = split([newJob({ id: "a", command: "new" }), newJob({ id: "b" })]);
      const options = { replace: true, onDroppedFiles: (files: readonly string[]) => dropped.push(...files) };
      expect(await store.jobs.insert(jobs, options)).toBe(2);

      expect(await get(store, "a")).toMatchObject({ command: "new", state: "pending", attempts: 0, fence: 0 });
      expect(await store.jobs.attempts("a")).toEqual([]);
      expect(dropped).toEqual(filesIn(store, "output/1.out"));
      const [again] = await claim(store);
      expect(again).toMatchObject({ id: "a", attempt: 1 });
      expect(again?.fence).toBeGreaterThan(old.fence);
    });

    it(`does not replace a job that is processing (${way})`, async () => {
      const { store, snapshot } = current();
      await processing(store, { id: "running" });
      const before = await snapshot("running");
      const error = await conflictOf(["new", "running"], true);
      expect([error.jobId, error.position]).toEqual(["running", 1]);
      expect(error.message).toContain("processing");
      expect(await snapshot("running")).toEqual(before);
      expect(await store.jobs.get("new")).toBeNull();
    });
  }

  it.each(["exists", "twice"])("names the position in a batch of thousands whose id %s", async (reason) => {
    const { store } = current();
    const jobs = Array.from({ length: 3500 }, (_, n) => newJob({ id: `many-${n}` }));
    if (reason === "exists") await insert(store, { id: "many-2100" });
    const given = reason === "exists" ? jobs : jobs.with(2100, newJob({ id: "many-5" }));
    const before = await store.jobs.counts();
    const failing = store.jobs.insert([given.with(3400, newJob({ id: "many-1" }))]);
    await expect(failing).rejects.toMatchObject({
      position: 2100,
      message: expect.stringContaining(reason === "twice" ? "twice" : "already exists"),
    });
    expect(await store.jobs.counts()).toEqual(before);
  });

  it("does not take a job of its own call for one to replace", async () => {
    const { store } = current();
    await insert(store, { id: "old" });
    const given = batches([{ id: "old" }, { id: "new" }], [{ id: "old" }]);
    const failing = store.jobs.insert(given, { replace: true });
    await expect(failing).rejects.toMatchObject({
      jobId: "old",
      position: 2,
      message: expect.stringContaining("twice"),
    });
    await expect(store.jobs.insert([given.flat()], { replace: true })).rejects.toMatchObject({ position: 2 });
    expect(await store.jobs.list({})).toHaveLength(1);
  });

  it("takes many thousand jobs, in their order", async () => {
    const { store } = current();
    async function* source() {
      for (let n = 0; n < 5; n++) yield Array.from({ length: 2000 }, (_, m) => newJob({ id: `many-${n * 2000 + m}` }));
    }
    expect(await store.jobs.insert(source())).toBe(10_000);
    const last = await store.jobs.list({ limit: 1, reverse: true });
    expect(last.map((job) => job.id)).toEqual(["many-9999"]);
  });
}
