/** Workers that make room for new ones, under a real supervisor. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";
import { waitFor } from "../support/wait-for.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(async () => {
  await cli.run(["worker", "stop", "--force"]);
  await cli.dispose();
});

async function workersOf(): Promise<Map<string, number>> {
  const jobs = await cli.json<JobJson[]>("list", "--limit", "0");
  expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => "completed"));
  const counts = new Map<string, number>();
  for (const { worker_id } of jobs) counts.set(String(worker_id), (counts.get(String(worker_id)) ?? 0) + 1);
  return counts;
}

const enqueue = (count: number, command: string) =>
  cli.ok(
    "enqueue",
    "--file",
    cli.write("jobs.json", JSON.stringify(Array.from({ length: count }, () => ({ command })))),
  );

it("a worker leaves after --max-jobs jobs, however many slots it has, and another goes on", async () => {
  await enqueue(10, "true");
  const { code, stderr } = await cli.run(["worker", "start", "--drain", "--concurrency", "2", "--max-jobs", "3"]);
  expect(code).toBe(0);
  expect([...(await workersOf()).values()].sort()).toEqual([1, 3, 3, 3]);
  expect(stderr.match(/leaves, it has run 3 jobs; replacing it at once/g)).toHaveLength(3);
  expect(stderr).not.toMatch(/degraded|exited|was killed/);
});

it("a worker leaves when it uses more memory than --max-rss", async () => {
  await enqueue(3, "true");
  // Less than any Node process has.
  const { code, stderr } = await cli.run(["worker", "start", "--drain", "--max-rss", "17M"]);
  expect(code).toBe(0);
  expect((await workersOf()).size).toBe(3);
  expect(stderr).toMatch(/leaves, it uses \d+M of memory; replacing it at once/);
});

it("a long job of a worker that leaves stalls none of its other slots", async () => {
  const go = join(cli.folder, "go");
  await cli.ok("worker", "start", "--detach", "--concurrency", "2", "--max-jobs", "2");
  await cli.ok("enqueue", "--id", "long", "--command", `while [ ! -e '${go}' ]; do sleep 0.02; done`);
  for (const id of ["a", "b", "c", "d"]) await cli.ok("enqueue", "--id", id, "--command", "true");
  expect(await cli.ok("wait", "a", "b", "c", "d")).not.toBe("");
  expect(await cli.json("show", "long")).toMatchObject({ state: "processing" });
  const workers = await cli.json<JobJson[]>("worker", "list");
  expect(workers.find(({ id }) => id.endsWith(".1"))).toMatchObject({ state: "draining", jobs: ["long"] });
  // Nobody is to be alarmed by it.
  expect(workers.map(({ restarts }) => restarts)).toEqual(workers.map(() => 0));
  writeFileSync(go, "");
  await cli.ok("wait", "long");
});

it("neither scaling nor a restart is confused by a worker that leaves when its job has ended", async () => {
  const go = join(cli.folder, "go");
  await cli.ok("worker", "start", "--detach", "--count", "2", "--max-jobs", "1");
  await cli.ok("enqueue", "--id", "long", "--command", `while [ ! -e '${go}' ]; do sleep 0.02; done`);
  const workers = () => cli.json<{ pid: number; state: string }[]>("worker", "list");
  await waitFor("one to leave", async () => (await workers()).some(({ state }) => state === "draining"));
  const idle = (await workers()).find(({ state }) => state === "idle")?.pid;
  expect(await cli.json("worker", "scale", "2")).toMatchObject({ draining: [expect.any(Number)] });
  const restart = cli.start(["worker", "restart"]);
  await waitFor("the idle one to be replaced", async () => (await workers()).every(({ pid }) => pid !== idle));
  writeFileSync(go, "");
  expect((await restart.ended).stdout).toMatch(/^Restarted 2 worker/);
});

it("what dies of TERM while its worker makes room has failed, and was not interrupted", async () => {
  await cli.ok("enqueue", "--id", "a", "--max-retries", "1", "--command", "kill -TERM $$");
  expect((await cli.run(["worker", "start", "--drain", "--max-jobs", "1"])).code).toBe(0);
  expect(await cli.json("show", "a")).toMatchObject({ state: "dead", attempts: 1, signal: "SIGTERM" });
});

it.each([
  ["--max-jobs", "0"],
  ["--max-rss", "1M"],
  ["--max-rss", "big"],
])("%s %s is a usage error", async (flag, value) => {
  expect(await cli.fails(2, ["worker", "start", flag, value])).toMatch(new RegExp(`^${flag} is "${value}"`));
});
