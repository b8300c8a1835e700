/** What the store costs inside a process, beside bare statements on the same tables. */
import { BareStore } from "./bare/store.js";
import { Home } from "./home.js";
import { inTurns, ratios } from "./measure.js";
import { compared, perSecond } from "./row.js";
import { turns } from "./turns.js";

export const notes = [
  "In one process, each side in a new store. _insert_ is one durable transaction a job: `client.jobs.enqueue`, which also reads the job and the configuration back, and the " +
    "store's insert below it. _settle + claim_ is what a busy worker with four slots does between jobs: one transaction that ends four attempts and " +
    "takes four jobs, counted in jobs. The bare side is `bench/bare/store.js`: better-sqlite3, one IMMEDIATE transaction with synchronous=FULL, the same tables, and no more statements than the rows need.",
];

export async function measure({ quick }) {
  const count = quick ? 300 : 2000;
  const variants = {
    enqueue: (home, jobs) => each(jobs, (job) => home.client.jobs.enqueue(job)),
    insert: (home, jobs) => each(jobs, (job) => home.store.jobs.insert([[home.prepare(job)]])),
    "bare insert": (home, jobs) => {
      const bare = new BareStore(home.sql);
      return each(jobs, (job) => bare.insert(job));
    },
    turns: async (home) => {
      await home.enqueue(count, { command: "true" });
      return turns(home, count);
    },
    "bare turns": async (home) => {
      await home.enqueue(count, { command: "true" });
      return bareTurns(home, count);
    },
  };
  const values = await inTurns(
    quick ? 2 : 5,
    Object.fromEntries(Object.entries(variants).map(([name, act]) => [name, () => inNewHome(act, count)])),
  );
  const beside = (what, ours, bare) =>
    compared(what, {
      ours: values[ours],
      other: { name: "bare SQLite", values: values[bare] },
      ratios: ratios(values[ours], values[bare]),
      show: perSecond,
    });
  return [
    beside("in-process enqueue, one by one", "enqueue", "bare insert"),
    beside("in-process insert, one by one", "insert", "bare insert"),
    beside("settle 4 + claim 4", "turns", "bare turns"),
  ];
}

async function inNewHome(act, count) {
  const home = await new Home().open();
  const jobs = Array.from({ length: count }, (_, n) => ({ id: `job-${n}`, command: "true", cwd: home.folder }));
  const rate = await act(home, jobs);
  await home.close();
  return rate;
}

async function each(jobs, act) {
  const began = performance.now();
  for (const job of jobs) await act(job);
  return (jobs.length / (performance.now() - began)) * 1000;
}

function bareTurns(home, count) {
  const bare = new BareStore(home.sql);
  const began = performance.now();
  let held = bare.turn([], 4);
  for (let done = 0; done < count; ) {
    const next = bare.turn(held, 4);
    done += held.length;
    held = next;
  }
  return (count / (performance.now() - began)) * 1000;
}
