/** Taking a job back from a worker that is gone, and what it had left in files. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { collectFiles } from "../../src/attempt/files.js";
import { outputPaths, reportPaths } from "../../src/attempt/paths.js";
import { reclaim } from "../../src/attempt/reclaim.js";
import { resolveConfig } from "../../src/config/config.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { type Home, locateHome, prepareHome } from "../../src/home/home.js";
import type { ClaimedJob, Store } from "../../src/store/contract/store.js";
import { processing, type StoreHarness, settle } from "../store/harness.js";
import { openSqliteHarness } from "../store/sqlite/harness.js";

const LOST: Outcome = { kind: "lost", message: "worker w died" };

let harness: StoreHarness;
let home: Home;
beforeEach(async () => {
  harness = await openSqliteHarness();
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-reclaim-")) });
  prepareHome(home);
});
afterEach(async () => {
  await harness.close();
  rmSync(home.dir, { recursive: true });
});

function leave(fence: number, files: { stdout?: string; stderr?: string; result?: string; error?: string }): void {
  const paths = { ...outputPaths(home, fence), ...reportPaths(home, fence) };
  for (const [name, text] of Object.entries(files)) writeFileSync(paths[name as keyof typeof paths], text);
}

const leaseOf = (job: ClaimedJob) => ({ job, fence: job.fence });

const around = (store: Store) => ({
  store,
  home,
  config: async () => resolveConfig({ stored: {}, env: {}, flags: {} }),
});

const inHome = () => ({ home, chunks: null });

it("keeps what the attempt wrote, also when its end cannot be recorded at first", async () => {
  const { store } = harness;
  const job = await processing(store);
  leave(job.fence, { stdout: "half done\n", stderr: "why\n", result: "[1]" });
  const settle = async () => Promise.reject(new Error("database or disk is full"));
  const full = { ...store, leases: { ...store.leases, settle } };
  await expect(reclaim(around(full), leaseOf(job), LOST)).rejects.toThrow("full");
  expect(await reclaim(around(store), leaseOf(job), LOST)).toMatchObject({ written: true });
  const [attempt] = await store.jobs.attempts(job.id);
  expect(attempt).toMatchObject({ outcome: "lost" });
  const output = await store.jobs.output(job.fence);
  expect([output?.stdout.text.toString(), output?.stderr.text.toString()]).toEqual(["half done\n", "why\n"]);
  expect((await store.jobs.get(job.id))?.result).toBe("[1]");
  expect(readdirSync(home.outputDir)).toEqual([]);
});

it("stores no text of a job that another database could not hold", async () => {
  const { store } = harness;
  const job = await processing(store);
  leave(job.fence, { result: "\0[1]", error: "wh\0y" });
  const outcome: Outcome = { kind: "failed", exitCode: 1 };
  const reclaimed = await reclaim(around(store), leaseOf(job), outcome);
  expect(reclaimed?.settlement).toMatchObject({ reason: "why", remark: expect.stringContaining("not JSON") });
  expect(JSON.stringify(reclaimed?.settlement)).not.toContain("\\u0000");
});

it.each<[Outcome, string | null]>([
  [{ kind: "failed", exitCode: 2 }, "exited with code 2: make: *** No rule"],
  [{ kind: "killed", signal: "SIGSEGV" }, "killed by SIGSEGV: make: *** No rule"],
  [{ kind: "timed-out", timeoutMs: 5000 }, "timed out after 5 s: make: *** No rule"],
  [LOST, null],
  [{ kind: "succeeded" }, null],
])("gives the last line of stderr as the reason of a failure: %j", async (outcome, reason) => {
  leave(7, { stderr: "reading\nmake: *** No rule\n" });
  expect((await collectFiles(inHome(), 7, outcome)).record.reason).toBe(reason);
  leave(7, { error: "in my words" });
  expect((await collectFiles(inHome(), 7, outcome)).record.reason).toBe(reason && "in my words");
});

it("leaves alone what belongs to an attempt that its worker has ended", async () => {
  const { store } = harness;
  const job = await processing(store);
  leave(job.fence, { stdout: "x".repeat(20_000) });
  expect(await settle(store, job)).toBe(true);
  expect(await reclaim(around(store), leaseOf(job), LOST)).toMatchObject({ written: false });
  expect(existsSync(outputPaths(home, job.fence).stdout)).toBe(true);
});

it("removes whatever was put in the place of a report, and nothing that it points to", async () => {
  const other = join(home.dir, "other");
  writeFileSync(other, "");
  mkdirSync(reportPaths(home, 7).result);
  writeFileSync(join(reportPaths(home, 7).result, "x"), "1");
  symlinkSync(other, reportPaths(home, 7).error);
  (await collectFiles(inHome(), 7, LOST)).discard();
  expect(readdirSync(home.outputDir)).toEqual([]);
  expect(existsSync(other)).toBe(true);
});
