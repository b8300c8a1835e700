/** A server that is stopped, killed or frozen for a while costs no job, and ends no worker and no supervisor. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { PostgresBox } from "./box.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

const JOBS = 40;

describe.skipIf(noPostgres !== undefined)("while the server is away", () => {
  let server: PostgresServer;
  let box: PostgresBox;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    box = await new PostgresBox(server).migrated();
  });
  afterEach(() => box.dispose());

  /** Jobs that run until a file is there, each with a line for each start. */
  async function running(): Promise<number[]> {
    const command = (n: number) =>
      `echo ${n} >>${box.file("began")}; while [ ! -e ${box.file("go")} ]; do sleep 0.1; done; echo ${n} >>${box.file("ended")}`;
    const lines = Array.from({ length: JOBS }, (_, n) => JSON.stringify({ id: `job-${n}`, command: command(n) }));
    await box.run(["enqueue", "--file", "-"], { input: lines.join("\n") });
    const { supervisor, workers } = await box.json<{ supervisor: { pid: number }; workers: number[] }>(
      ...["worker", "start", "--detach", "--workers", "2", "--concurrency", String(JOBS / 2)],
    );
    await waitFor("all jobs to run", () => box.lines("began").length === JOBS);
    return [supervisor.pid, ...workers];
  }

  async function allEndedOnce(pids: readonly number[]): Promise<void> {
    await box.shell(`: >${box.file("go")}`);
    await box.ok("wait", "--all", "--timeout", "60s");
    expect(box.lines("began")).toHaveLength(JOBS);
    expect(box.lines("ended")).toHaveLength(JOBS);
    const jobs = await box.json<{ attempts: number; state: string }[]>("list", "--limit", "100");
    expect(jobs.filter(({ attempts, state }) => attempts !== 1 || state !== "completed")).toEqual([]);
    const { supervisor, workers } = await box.json<{ supervisor: { pid: number }; workers: { pid: number }[] }>(
      "status",
    );
    expect([supervisor.pid, ...workers.map(({ pid }) => pid)].sort()).toEqual([...pids].sort());
  }

  it.each(["SIGINT", "SIGQUIT", "SIGKILL"] as const)(
    "because of %s, running jobs go on, and each ends once",
    async (signal) => {
      const pids = await running();
      await server.halt(signal);
      // Longer than it takes to be called silent.
      await new Promise((resolve) => setTimeout(resolve, 8000));
      await server.start();
      await allEndedOnce(pids);
    },
  );

  it("jobs that end meanwhile are recorded when it is back, once each", async () => {
    const pids = await running();
    await server.halt("SIGKILL");
    await box.shell(`: >${box.file("go")}`);
    await waitFor("all jobs to end", () => box.lines("ended").length === JOBS);
    await server.start();
    await allEndedOnce(pids);
  });

  it("a command waits for it with a remark", async () => {
    await server.halt("SIGINT");
    const command = box.start(["enqueue", "--id", "late", "--command", "true"]);
    await command.says("stderr", "does not answer; waiting for it").finally(() => server.start());
    expect((await command.ended).code).toBe(0);
    expect((await box.show("late")).state).toBe("pending");
  });

  it("and its backends are ended one after another, a drain goes on and runs each job once", async () => {
    const lines = Array.from({ length: 300 }, (_, n) => `{"id":"job-${n}","command":"echo ${n} >>${box.file("ran")}"}`);
    await box.run(["enqueue", "--file", "-"], { input: lines.join("\n") });
    const drain = box.start(["worker", "start", "--drain", "--workers", "3", "--concurrency", "2"]);
    const { Client } = (await import("pg")).default;
    const admin = new Client(server.url());
    await admin.connect();
    let ended = 0;
    while (drain.child.exitCode === null) {
      const { rowCount } = await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'queuectl%' ORDER BY random() LIMIT 1",
      );
      ended += rowCount ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await admin.end();
    expect((await drain.ended).code).toBe(0);
    expect(ended).toBeGreaterThan(3);
    expect(box.lines("ran").sort()).toEqual(lines.map((_, n) => String(n)).sort());
  });
});
