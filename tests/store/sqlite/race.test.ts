/** Real processes over one file: nobody gets a job that another one has, and nobody is told that the database is busy. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { Fixture } from "../fixtures/fixture.js";
import { newJob } from "../harness.js";
import { temporaryHome } from "./harness.js";

const PROCESSES = 4;
const CONNECTIONS = 3;
const JOBS = 2000;

let place: Awaited<ReturnType<typeof temporaryHome>>;
let fixtures: Fixture[] = [];

beforeEach(async () => {
  place = await temporaryHome();
});
afterEach(async () => {
  for (const fixture of fixtures) fixture.kill();
  fixtures = [];
  await place.remove();
});

it("several processes that make the same new database do not get in each other's way", async () => {
  fixtures = Array.from({ length: PROCESSES }, () => new Fixture("claimer", [place.home, "2"]));
  for (const fixture of fixtures) expect(await fixture.line()).toBe("ready");
  for (const fixture of fixtures) fixture.go();
  for (const fixture of fixtures) expect(JSON.parse(await fixture.line())).toEqual([]);
});

it("of many claimers, exactly one gets each job", async () => {
  const store = await openSqliteStore(place);
  const ids = Array.from({ length: JOBS }, (_, n) => `job-${n}`);
  await store.jobs.insert([ids.map((id) => newJob({ id }))]);

  fixtures = Array.from({ length: PROCESSES }, () => new Fixture("claimer", [place.home, String(CONNECTIONS)]));
  for (const fixture of fixtures) expect(await fixture.line()).toBe("ready");
  for (const fixture of fixtures) fixture.go();
  const claimed: [string, number][] = [];
  for (const fixture of fixtures) claimed.push(...JSON.parse(await fixture.line()));

  expect(claimed.map(([id]) => id).sort()).toEqual([...ids].sort());
  expect(new Set(claimed.map(([, fence]) => fence)).size).toBe(JOBS);
  expect(await store.jobs.counts()).toMatchObject({ completed: JOBS, pending: 0, processing: 0 });
  await store.close();
});
