import { expect, it } from "vitest";
import type { Schedule, ScheduleSpec } from "../../../src/core/schedule/schedule.js";
import type { DueTick, Firing } from "../../../src/store/contract/schedule-store.js";
import type { NewJob, Store } from "../../../src/store/contract/store.js";
import { ScheduleExistsError } from "../../../src/store/errors.js";
import { cancelJob, claim, deleteJob, get, insert, newJob, processing, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

const MINUTE = 60_000;

const spec = (fields: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  name: "s",
  cron: "* * * * *",
  seconds: false,
  zone: "Europe/Berlin",
  overlap: "skip",
  catchup: "latest",
  job: { command: ["echo", "ü"], env: { A: "1" } },
  ...fields,
});

const due = (at: number, id: string, fields: Partial<NewJob> = {}): DueTick => ({ at, job: newJob({ id, ...fields }) });
const firing = (ticks: DueTick[], nextAt: number | null, mayWait = false): Firing => ({ ticks, nextAt, mayWait });

/** As it is now. */
async function read(store: Store, name = "s"): Promise<Schedule> {
  const schedule = await store.schedules.get(name);
  if (schedule === null) throw new Error(`no schedule ${name}`);
  return schedule;
}

/** Fires ticks a minute apart, the first job of which is `<prefix>0`. Resolves to their outcomes, in order. */
async function fireSome(store: Store, prefix: string, count: number, mayWait = false): Promise<string[]> {
  const schedule = await read(store);
  const from = schedule.nextAt ?? 0;
  const ticks = Array.from({ length: count }, (_, n) => {
    const at = from + n * MINUTE;
    return due(at, `${prefix}${n}`, { options: { schedule: { name: "s", at } } });
  });
  const recorded = await store.schedules.fire(schedule, firing(ticks, from + count * MINUTE, mayWait));
  return recorded.map(({ outcome }) => outcome);
}

export function scheduleCases(current: Current): void {
  it("keeps what it was given", async () => {
    const { store, clock } = current();
    const given = spec({ seconds: true, overlap: "queue", catchup: "all" });
    const added = await store.schedules.add(given, 5000);
    const times = { createdAt: clock.now(), updatedAt: clock.now() };
    expect(added).toEqual({ ...given, paused: false, nextAt: 5000, lastJob: null, ...times });
    expect(await store.schedules.get("s")).toEqual(added);
    expect(await store.schedules.get("t")).toBeNull();
    await store.schedules.add(spec({ name: "a" }), null);
    expect((await store.schedules.list()).map(({ name }) => name)).toEqual(["a", "s"]);
  });

  it("does not take the same name twice, unless it is to replace", async () => {
    const { store, clock } = current();
    const first = await store.schedules.add(spec(), 1000);
    await fireSome(store, "j", 1);
    await store.schedules.pause("s");
    await expect(store.schedules.add(spec({ cron: "@daily" }), 2000)).rejects.toThrow(ScheduleExistsError);
    expect(await read(store)).toMatchObject({ cron: first.cron, nextAt: 61_000 });
    clock.advance(5);
    const second = await store.schedules.add(spec({ cron: "@daily" }), 2000, { replace: true });
    expect(second).toMatchObject({
      cron: "@daily",
      nextAt: 2000,
      paused: true,
      lastJob: "j0",
      createdAt: first.createdAt,
    });
    expect(await store.schedules.ticks("s", 9)).toHaveLength(1);
  });

  it("knows what is due, and what will be", async () => {
    const { store, clock } = current();
    expect(await store.schedules.nextDue()).toBeNull();
    await store.schedules.add(spec({ name: "late" }), clock.now() - 5);
    await store.schedules.add(spec({ name: "now" }), clock.now());
    await store.schedules.add(spec({ name: "soon" }), clock.now() + 1);
    await store.schedules.add(spec({ name: "never" }), null);
    await store.schedules.add(spec({ name: "paused" }), 0);
    await store.schedules.pause("paused");
    expect((await store.schedules.due()).map(({ name }) => name)).toEqual(["late", "now"]);
    expect((await store.schedules.nextDue())?.name).toBe("late");
    for (const name of ["late", "now"]) await store.schedules.remove(name);
    expect((await store.schedules.nextDue())?.name).toBe("soon");
  });

  it("enqueues a tick's job, records it and moves on", async () => {
    const { store } = current();
    await store.schedules.add(spec(), 1000);
    const options = { schedule: { name: "s", at: 1000 } };
    const ticks = await store.schedules.fire(await read(store), firing([due(1000, "j", { options })], 2000));
    expect(ticks).toEqual([{ at: 1000, outcome: "fired", job: "j", note: null }]);
    expect(await store.schedules.ticks("s", 9)).toEqual(ticks);
    expect(await get(store, "j")).toMatchObject({ state: "pending", options });
    expect(await read(store)).toMatchObject({ nextAt: 2000, lastJob: "j" });
  });

  it("does it once, however many saw that it was due", async () => {
    const { store, connect } = current();
    await store.schedules.add(spec({ overlap: "allow" }), 1000);
    const seen = await read(store);
    const stores = [store, await connect(), await connect()];
    const results = await Promise.all(
      stores.map((each, n) => each.schedules.fire(seen, firing([due(1000, `by-${n}`)], 2000))),
    );
    expect(results.flat()).toHaveLength(1);
    expect(await store.jobs.list({})).toHaveLength(1);
  });

  it("does nothing if the schedule was paused, changed or removed meanwhile", async () => {
    const { store } = current();
    const changes = [
      () => store.schedules.pause("s"),
      () => store.schedules.add(spec({ cron: "@daily" }), 1000, { replace: true }),
      () => store.schedules.remove("s"),
    ];
    for (const change of changes) {
      await store.schedules.remove("s");
      await store.schedules.add(spec(), 1000);
      const seen = await read(store);
      await change();
      expect(await store.schedules.fire(seen, firing([due(1000, "j")], 2000))).toEqual([]);
    }
    expect(await store.jobs.list({})).toEqual([]);
  });

  it("fires no tick again when the schedule has been put back", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "allow" }), 1000);
    await store.schedules.fire(await read(store), firing([due(1000, "a")], 2000));
    await store.schedules.fire(await read(store), firing([], 1000));
    const ticks = await store.schedules.fire(await read(store), firing([due(1000, "b"), due(1500, "c")], 2000));
    expect(ticks.map(({ at }) => at)).toEqual([1500]);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["a", "c"]);
  });

  it("skips while the last job has not ended", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "skip" }), 1000);
    expect(await fireSome(store, "a", 2)).toEqual(["fired", "skipped"]);
    const [job] = await claim(store);
    expect(await fireSome(store, "b", 1)).toEqual(["skipped"]);
    expect((await store.schedules.ticks("s", 1))[0]).toMatchObject({ job: null, note: "job a0 had not ended" });
    await settle(store, job as NonNullable<typeof job>);
    expect(await fireSome(store, "c", 1)).toEqual(["fired"]);
    await deleteJob(store, "c0");
    expect(await fireSome(store, "d", 1)).toEqual(["fired"]);
  });

  it("has one job wait for the other, however that ends", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "queue" }), 1000);
    expect(await fireSome(store, "a", 2)).toEqual(["fired", "fired"]);
    expect(await fireSome(store, "b", 1)).toEqual(["fired"]);
    const states = async () => Promise.all(["a0", "a1", "b0"].map(async (id) => (await get(store, id)).state));
    expect(await states()).toEqual(["pending", "blocked", "blocked"]);
    await cancelJob(store, "a0");
    expect(await states()).toEqual(["cancelled", "pending", "blocked"]);
    const [job] = await claim(store);
    await settle(store, job as NonNullable<typeof job>);
    expect(await states()).toEqual(["cancelled", "completed", "pending"]);
  });

  it("enqueues at once where jobs may overlap", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "allow" }), 1000);
    expect(await fireSome(store, "a", 3)).toEqual(["fired", "fired", "fired"]);
    expect((await store.jobs.counts()).pending).toBe(3);
  });

  it("skips none of what was missed if each is wanted", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "skip", catchup: "all" }), 1000);
    expect(await fireSome(store, "a", 3, true)).toEqual(["fired", "fired", "fired"]);
    expect(await store.jobs.counts()).toMatchObject({ pending: 1, blocked: 2 });
    expect(await fireSome(store, "b", 1)).toEqual(["skipped"]);
  });

  it("records why a job could not be enqueued", async () => {
    const { store } = current();
    await insert(store, { id: "holder", uniqueKey: "k" });
    await store.schedules.add(spec({ overlap: "allow" }), 1000);
    for (const onConflict of ["reject", "skip"] as const) {
      const schedule = await read(store);
      const at = schedule.nextAt ?? 0;
      const ticks = await store.schedules.fire(
        schedule,
        firing([due(at, onConflict, { uniqueKey: "k", onConflict })], at + 1),
      );
      expect(ticks).toMatchObject([
        { outcome: "refused", job: null, note: expect.stringContaining("job holder has the unique key") },
      ]);
      expect((await store.schedules.ticks("s", 1))[0]).toEqual(ticks[0]);
    }
    expect(await read(store)).toMatchObject({ nextAt: 1002, lastJob: null });
    expect(await store.jobs.list({})).toHaveLength(1);
  });

  it("takes a thousand at once, and keeps the newest thousand ticks", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "queue" }), 1000);
    expect(new Set(await fireSome(store, "a", 1000))).toEqual(new Set(["fired"]));
    expect(await store.jobs.counts()).toMatchObject({ pending: 1, blocked: 999 });
    // One whose job is still to run is kept, however many come after it.
    for (const id of ["a0", "a1"]) await cancelJob(store, id);
    await fireSome(store, "b", 3);
    const ticks = await store.schedules.ticks("s", 2000);
    expect([ticks.length, ticks[0]?.job, ticks.at(-1)?.job]).toEqual([1001, "b2", "a2"]);
  });

  it("has the jobs behind one that leaves the queue wait for those before it", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "queue" }), 1000);
    await fireSome(store, "a", 5);
    const [running] = await claim(store);
    expect(running?.id).toBe("a0");
    await cancelJob(store, "a1");
    await deleteJob(store, "a2");
    expect((await get(store, "a3")).state).toBe("blocked");
    // The newest one goes: the next tick still has to wait for what it waited for.
    await deleteJob(store, "a4");
    await cancelJob(store, "a3");
    expect(await fireSome(store, "b", 1)).toEqual(["fired"]);
    expect((await get(store, "b0")).state).toBe("blocked");
    await settle(store, running as NonNullable<typeof running>);
    expect((await get(store, "b0")).state).toBe("pending");
  });

  it("knows of a job that runs, however many ticks were skipped since", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "skip" }), 1000);
    expect(await fireSome(store, "a", 1)).toEqual(["fired"]);
    for (let n = 0; n < 3; n++) expect(new Set(await fireSome(store, `b${n}`, 600))).toEqual(new Set(["skipped"]));
    expect(await store.jobs.list({})).toHaveLength(1);
  });

  it("keeps what is due when it is replaced by one with the same times", async () => {
    const { store } = current();
    await store.schedules.add(spec(), 1000);
    await store.schedules.add(spec({ job: { command: "new" } }), 9000, { replace: true });
    expect(await read(store)).toMatchObject({ nextAt: 1000, job: { command: "new" } });
    await store.schedules.add(spec({ zone: "UTC" }), 9000, { replace: true });
    expect(await read(store)).toMatchObject({ nextAt: 9000 });
  });

  it("goes by the order in which its jobs came, not by the times that they are for", async () => {
    const { store, clock } = current();
    await store.schedules.add(spec({ overlap: "queue" }), clock.now());
    await store.schedules.run("s", newJob({ id: "m1" }));
    await store.schedules.fire(await read(store), firing([due(clock.now(), "j")], clock.now() + 1000));
    await store.schedules.run("s", newJob({ id: "m2" }));
    expect(await store.jobs.dependencies("m2")).toMatchObject([{ parent: "j" }]);
  });

  it("enqueues as many of several ticks as may be", async () => {
    const { store, limit } = current();
    await limit("short", { maxLength: 2 });
    await store.schedules.add(spec({ overlap: "allow" }), 1000);
    const ticks = [1000, 2000, 3000].map((at) => due(at, `l${at}`, { queue: "short" }));
    const fired = await store.schedules.fire(await read(store), firing(ticks, 4000));
    expect(fired.map(({ outcome }) => outcome)).toEqual(["fired", "fired", "refused"]);
    expect(fired[2]?.note).toContain("short");
    const unique = [4000, 5000].map((at) => due(at, `u${at}`, { uniqueKey: "k", onConflict: "reject" }));
    const kept = await store.schedules.fire(await read(store), firing(unique, 6000));
    expect(kept.map(({ outcome }) => outcome)).toEqual(["fired", "refused"]);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["l1000", "l2000", "u4000"]);
  });

  it("does not take a tick whose job was refused for one that has not ended", async () => {
    const { store } = current();
    await insert(store, { id: "holder", uniqueKey: "k" });
    await store.schedules.add(spec({ overlap: "skip" }), 1000);
    const ticks = [1000, 2000].map((at) => due(at, `u${at}`, { uniqueKey: "k", onConflict: "skip" }));
    const recorded = await store.schedules.fire(await read(store), firing(ticks, 3000));
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["refused", "refused"]);
  });

  it("does not lose the tick of a moment at which somebody runs one besides", async () => {
    const { store, clock } = current();
    await store.schedules.add(spec({ overlap: "allow" }), clock.now());
    await store.schedules.run("s", newJob({ id: "m" }));
    const ticks = await store.schedules.fire(await read(store), firing([due(clock.now(), "j")], clock.now() + 1000));
    expect(ticks).toMatchObject([{ at: clock.now(), outcome: "fired", job: "j" }]);
  });

  it("goes on where it is told to when it is resumed, and only then", async () => {
    const { store } = current();
    await store.schedules.add(spec(), 1000);
    expect(await store.schedules.resume("s", 9000)).toMatchObject({ paused: false, nextAt: 1000 });
    expect(await store.schedules.pause("s")).toMatchObject({ paused: true, nextAt: 1000 });
    expect(await store.schedules.pause("s")).toMatchObject({ paused: true });
    expect(await store.schedules.resume("s", 9000)).toMatchObject({ paused: false, nextAt: 9000 });
    expect([await store.schedules.pause("none"), await store.schedules.resume("none", 1)]).toEqual([null, null]);
  });

  it("runs one besides, which counts as the last job", async () => {
    const { store, clock } = current();
    await store.schedules.add(spec({ overlap: "queue" }), clock.now() + MINUTE);
    clock.advance(5);
    const at = clock.now();
    expect(await store.schedules.run("s", newJob({ id: "m1" }))).toEqual({
      at,
      outcome: "manual",
      job: "m1",
      note: null,
    });
    expect(await store.schedules.run("s", newJob({ id: "m2" }))).toMatchObject({ at: at + 1, job: "m2" });
    expect((await get(store, "m2")).state).toBe("blocked");
    expect(await store.schedules.run("none", newJob({ id: "m3" }))).toBeNull();
    expect(await read(store)).toMatchObject({ lastJob: "m2", nextAt: at - 5 + MINUTE });
    expect(await store.jobs.list({})).toHaveLength(2);
  });

  it("runs one besides even while the last has not ended, where ticks are skipped", async () => {
    const { store } = current();
    await store.schedules.add(spec({ overlap: "skip" }), 1000);
    await processing(store, { id: "other" });
    await store.schedules.run("s", newJob({ id: "m1" }));
    await store.schedules.run("s", newJob({ id: "m2" }));
    expect(await store.jobs.counts()).toMatchObject({ pending: 2 });
    expect(await fireSome(store, "a", 1)).toEqual(["skipped"]);
  });

  it("forgets its ticks when it is removed, and leaves its jobs", async () => {
    const { store } = current();
    await store.schedules.add(spec(), 1000);
    await fireSome(store, "a", 1);
    expect([await store.schedules.remove("s"), await store.schedules.remove("s")]).toEqual([true, false]);
    expect(await store.schedules.ticks("s", 9)).toEqual([]);
    expect((await get(store, "a0")).state).toBe("pending");
  });
}
