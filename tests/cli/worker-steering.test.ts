/** Changing a running pool from another shell. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client, contextOf } from "../../src/queue/client.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

interface WorkerJson {
  readonly id: string;
  readonly pid: number;
  readonly state: string;
  readonly jobs: readonly string[];
}
const workers = () => box.json<WorkerJson[]>("worker", "list");
const pids = async () => (await workers()).map(({ pid }) => pid).sort();

/** A job that runs until the file of its name is there. */
async function longJob(id: string): Promise<() => void> {
  const end = join(box.folder, `end-${id}`);
  await box.ok("enqueue", "--id", id, "--command", `while [ ! -e '${end}' ]; do sleep 0.02; done`);
  await box.reaches(id, "processing");
  return () => writeFileSync(end, "");
}

describe("worker scale", () => {
  it("grows and shrinks a pool, and returns when the workers are ready", async () => {
    await box.supervisor();
    const grown = await box.ok("worker", "scale", "3");
    expect(grown).toMatch(/^Scaled to 3 worker\(s\): \d+, \d+, \d+\n$/);
    const listed = await workers();
    expect(listed.map(({ state }) => state)).toEqual(["idle", "idle", "idle"]);
    for (const { pid } of listed) expect(grown).toContain(String(pid));
    const { workers: left, draining } = await box.json<{ workers: number[]; draining: number[] }>(
      "worker",
      "scale",
      "1",
    );
    expect(left).toHaveLength(1);
    await waitFor("the others to be gone", async () => (await pids()).length === 1);
    expect(await pids()).toEqual(left);
    expect(draining.every((pid) => pid !== left[0])).toBe(true);
  });

  it("lets a worker that is too many finish its job", async () => {
    await box.supervisor("--count", "2");
    const ends = [await longJob("a"), await longJob("b")];
    const { code, stdout, stderr } = await box.run(["worker", "scale", "1"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Scaled to 1 worker\(s\): \d+\n$/) });
    expect(stderr).toMatch(/^Finishing their jobs before they leave: \d+\n$/);
    expect((await workers()).map(({ state }) => state).sort()).toEqual(["busy", "draining"]);
    for (const end of ends) end();
    for (const id of ["a", "b"]) expect((await box.reaches(id, "completed")).attempts).toBe(1);
    await waitFor("one to be left", async () => (await pids()).length === 1);
  });

  it.each(["0", "513", "-1", "two", ""])("to %j is a usage error", async (count) => {
    expect((await box.run(["worker", "scale", "--", count])).code).toBe(2);
  });

  it("and restart say so when no supervisor runs: 5", async () => {
    for (const words of [["scale", "2"], ["restart"]]) {
      const { code, stderr } = await box.run(["worker", ...words]);
      expect([code, stderr]).toEqual([
        5,
        expect.stringMatching(/^queuectl: error: no supervisor is running for .*\n$/),
      ]);
    }
  });

  it("is refused while the supervisor stops: 6", async () => {
    const supervisor = await box.supervisor();
    const end = await longJob("a");
    supervisor.child.kill("SIGTERM");
    await waitFor(
      "it to stop",
      async () => (await box.json<{ supervisor: { state: string } }>("status")).supervisor.state === "draining",
    );
    expect((await box.run(["worker", "scale", "2"])).code).toBe(6);
    end();
    expect(await supervisor.exited).toBe(0);
  });
});

describe("TTIN and TTOU", () => {
  it("mean one worker more and one fewer, and never none", async () => {
    const supervisor = await box.supervisor();
    supervisor.child.kill("SIGTTIN");
    await waitFor("a second worker", async () => (await pids()).length === 2);
    for (let n = 0; n < 2; n++) {
      supervisor.child.kill("SIGTTOU");
      await waitFor("one worker", async () => (await pids()).length === 1);
    }
    await waitFor("the log", () => supervisor.stderr.includes("1 worker(s) from now on instead of 2"));
    expect(supervisor.child.exitCode).toBeNull();
  });
});

describe("worker restart", () => {
  it("replaces every worker, and lets jobs in hand finish", async () => {
    const supervisor = await box.supervisor("--count", "2");
    const before = await pids();
    const end = await longJob("a");
    const restart = box.start(["worker", "restart"]);
    await waitFor("it to wait for the job", () => restart.stderr.includes("Waiting for 1 job: a"));
    expect(restart.child.exitCode).toBeNull();
    end();
    const { code, stdout } = await restart.ended;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Restarted 2 worker\(s\): \d+, \d+\n$/),
    });
    const after = await pids();
    expect(after).toHaveLength(2);
    for (const pid of after) expect(before).not.toContain(pid);
    expect((await box.show("a")).history).toMatchObject([{ outcome: "succeeded" }]);
    expect(supervisor.child.exitCode).toBeNull();
  });

  it("tells the new pids as JSON", async () => {
    await box.supervisor();
    const { workers: told } = await box.json<{ workers: number[] }>("worker", "restart");
    expect(told).toEqual(await pids());
  });

  it("gives up waiting with 124, and goes on", async () => {
    await box.supervisor();
    const before = await pids();
    const end = await longJob("a");
    const { code, stderr } = await box.run(["worker", "restart", "--timeout", "100ms"]);
    expect([code, stderr]).toEqual([
      124,
      expect.stringMatching(/after 0\.1 s 1 of 1 workers of pool main have not been replaced/),
    ]);
    end();
    await waitFor("the new worker", async () => {
      const now = await pids();
      return now.length === 1 && now[0] !== before[0];
    });
  });
});

describe("what is set with config set reaches running workers", () => {
  it("for every job that they claim from then on", async () => {
    await box.supervisor();
    await box.ok("enqueue", "--id", "before", "--command", "true");
    await box.reaches("before", "completed");
    const settings = { "job-timeout": "200ms", "max-retries": "2", "backoff-base": "0", "output-limit": "20K" };
    for (const [key, value] of Object.entries(settings)) await box.ok("config", "set", key, value);
    // What a worker read a moment ago holds for as long as it takes to type the next command.
    const command = "head -c 1000000 /dev/zero; sleep 1000";
    await box.ok("enqueue", "--id", "a", "--command", command);
    const job = await box.reaches("a", "dead");
    expect(job.history.map(({ outcome }) => outcome)).toEqual(["timed-out", "timed-out"]);
    expect(job.history).toMatchObject([{ stdout_bytes: 1_000_000 }, { stdout_bytes: 1_000_000 }]);
    const kept = (await box.run(["logs", "a", "--attempt", "2", "--raw"])).stdout.length;
    expect(kept).toBeLessThan(30_000);
  });

  it("for the leases of these jobs", async () => {
    await box.supervisor();
    await box.ok("config", "set", "lease-duration", "1h");
    const end = await longJob("a");
    const client = await Client.open({ home: box.home });
    const { store } = contextOf(client);
    const [lease] = await store.leases.of([...(await store.leases.countByWorker()).keys()]);
    await client.close();
    expect(lease?.leaseMs).toBe(3_600_000);
    expect((lease?.expiresAt ?? 0) - (lease?.job.startedAt ?? 0)).toBe(3_600_000);
    end();
  });
});
