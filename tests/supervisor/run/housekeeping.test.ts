/** What a round deletes, and what it does when the store is in trouble. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { outputPaths, reportPaths } from "../../../src/attempt/paths.js";
import { resolveConfig } from "../../../src/config/config.js";
import { type Home, locateHome, prepareHome } from "../../../src/home/home.js";
import { Housekeeping } from "../../../supervisor/run/housekeeping.js";
import { BURY, cancelJob, insert, processing, type StoreHarness, settle } from "../../store/harness.js";
import { openSqliteHarness } from "../../store/sqlite/harness.js";
import { FailingStore } from "../../support/failing-store.js";
import { type KeptLog, keptLog } from "../../support/kept-log.js";

const DAY_MS = 86_400_000;

let harness: StoreHarness;
let home: Home;
let failing: FailingStore;
let kept: KeptLog;

beforeEach(async () => {
  harness = await openSqliteHarness();
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-housekeeping-")) }, {});
  prepareHome(home);
  failing = new FailingStore(harness.store);
  kept = keptLog();
});
afterEach(async () => {
  await harness.close();
  rmSync(home.dir, { recursive: true });
});

function housekeeping(retention = "7d", retentionDead = "keep"): Housekeeping {
  const stored = { retention, "retention-dead": retentionDead };
  const config = async () => resolveConfig({ stored, env: {}, flags: {} });
  return new Housekeeping({ store: failing.store, home, config, log: kept.log });
}

async function ended(decision?: typeof BURY): Promise<string> {
  const job = await processing(harness.store);
  await settle(harness.store, job, decision);
  return job.id;
}

const states = async () => {
  const { completed, dead } = await harness.store.jobs.counts();
  return { completed, dead };
};

it("deletes completed jobs when their retention is over, and keeps the dead", async () => {
  await ended();
  await ended(BURY);
  const round = housekeeping();
  harness.clock.advance(7 * DAY_MS - 1000);
  await round.round(0);
  expect(await states()).toEqual({ completed: 1, dead: 1 });
  harness.clock.advance(2000);
  await round.round(1);
  expect(await states()).toEqual({ completed: 0, dead: 1 });
  expect(kept.messages).toHaveLength(1);
});

it("deletes cancelled jobs as completed ones, and dead jobs when a retention of theirs is over", async () => {
  await ended(BURY);
  await cancelJob(harness.store, (await insert(harness.store, {}))[0] ?? "");
  const round = housekeeping("7d", "30d");
  harness.clock.advance(8 * DAY_MS);
  await round.round(1);
  expect(await harness.store.jobs.counts()).toMatchObject({ cancelled: 0, dead: 1 });
  harness.clock.advance(23 * DAY_MS);
  await round.round(2);
  expect(await harness.store.jobs.counts()).toMatchObject({ cancelled: 0, dead: 0 });
  expect(kept.messages[0]).toContain("deleted 1 job that was completed or cancelled for more than 7d");
  expect(kept.messages[1]).toContain("deleted 1 job that was dead for more than 30d");
});

it("keeps everything when the retention is 0", async () => {
  await ended();
  harness.clock.advance(1000 * DAY_MS);
  await housekeeping("0").round(0);
  expect(await states()).toEqual({ completed: 1, dead: 0 });
});

it("tries again in the next round what the store refused", async () => {
  await ended();
  harness.clock.advance(8 * DAY_MS);
  failing.refuse("jobs.prune", new Error("database is locked"));
  const house = housekeeping();
  await house.round(0);
  expect(await states()).toEqual({ completed: 1, dead: 0 });
  expect(kept.messages[0]).toContain("database is locked");
  await house.round(1);
  expect(await states()).toEqual({ completed: 0, dead: 0 });
});

it("removes files that no attempt refers to, and nothing that one may still write", async () => {
  const running = await processing(harness.store);
  const gone = await processing(harness.store);
  await settle(harness.store, gone);
  await harness.store.jobs.deleteAll([gone.id]);
  for (const { fence } of [running, gone]) {
    writeFileSync(outputPaths(home, fence).stdout, "x");
    writeFileSync(reportPaths(home, fence).result, "1");
  }
  await housekeeping().round(0);
  expect(readdirSync(home.outputDir).sort()).toEqual([`${running.fence}.out`, `${running.fence}.result`]);
});
