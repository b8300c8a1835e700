/** The five scenarios of a queue's life, on PostgreSQL, through the command line. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { PostgresBox } from "./box.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

describe.skipIf(noPostgres !== undefined)("a queue in PostgreSQL", () => {
  let server: PostgresServer;
  const boxes: PostgresBox[] = [];
  const box = async () => {
    const made = await new PostgresBox(server).migrated();
    boxes.push(made);
    return made;
  };
  const second = (first: PostgresBox) => {
    const made = new PostgresBox(server, first.url);
    boxes.push(made);
    return made;
  };
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    for (const made of boxes.splice(0)) await made.dispose();
  });

  it("is not there before db migrate, which every command says, and which changes nothing", async () => {
    const fresh = new PostgresBox(server);
    boxes.push(fresh);
    for (const words of [["enqueue", "true"], ["list"], ["status"], ["worker", "start"]]) {
      const { code, stderr } = await fresh.run(words);
      expect(code, stderr).toBe(78);
      expect(stderr).toContain("there is no queue in the database");
      expect(stderr).toContain("queuectl db migrate");
    }
    expect(await fresh.ok("db", "migrate", "--dry-run")).toContain("would make the queue");
    expect(await fresh.ok("db", "migrate", "--sql")).toContain("CREATE TABLE jobs");
    expect((await fresh.run(["db", "status"])).code).toBe(78);
    expect(await fresh.json<{ from: number }>("db", "migrate")).toMatchObject({ from: 0, changed: true });
    expect(await fresh.json<{ from: number }>("db", "migrate")).toMatchObject({ changed: false });
    expect((await fresh.run(["db", "status"])).code).toBe(0);
    expect((await fresh.run(["doctor"])).code).toBe(0);
  });

  it("runs jobs, retries and buries them, and shows their output", async () => {
    const { ok, json, reaches, show } = bound(await box());
    await ok("config", "set", "backoff-base", "0");
    await ok("enqueue", "--id", "good", "--command", "echo out; echo err >&2");
    await ok("enqueue", "--id", "bad", "--command", "echo no >&2; exit 3", "--max-retries", "2");
    await ok("worker", "start", "--detach", "--workers", "2");
    await reaches("good", "completed");
    await reaches("bad", "dead");
    expect(await ok("logs", "good", "--stdout")).toBe("out\n");
    expect(await show("bad")).toMatchObject({ attempts: 2, exit_code: 3 });
    expect((await json<{ id: string }[]>("dlq", "list")).map(({ id }) => id)).toEqual(["bad"]);
    await ok("dlq", "retry", "bad");
    await reaches("bad", "dead");
  });

  it("runs 100 jobs of two homes with a pool each exactly once", async () => {
    const one = await box();
    const other = second(one);
    const lines = Array.from({ length: 100 }, (_, n) => `{"id":"job-${n}","command":"echo ${n} >>${one.file("ran")}"}`);
    await one.run(["enqueue", "--file", "-"], { input: lines.join("\n") });
    await Promise.all([one, other].map((each) => each.ok("worker", "start", "--detach", "--workers", "2")));
    await one.ok("wait", "--all", "--timeout", "60s");
    expect(one.lines("ran").sort()).toEqual(Array.from({ length: 100 }, (_, n) => String(n)).sort());
    expect(await other.json("status")).toMatchObject({ jobs: { completed: 100 } });
  });

  it("gives the jobs of a home whose every process was killed to the other home", async () => {
    const one = await box();
    const other = second(one);
    await one.ok("enqueue", "--id", "a", "--command", `[ -e ${one.file("go")} ] || sleep 1000; echo done`);
    const { supervisor, workers } = await one.json<{ supervisor: { pid: number }; workers: number[] }>(
      ...["worker", "start", "--detach"],
    );
    await one.reaches("a", "processing");
    await one.shell(`: >${one.file("go")}`);
    await other.ok("worker", "start", "--detach");
    const keeper = JSON.parse(await one.shell("cat home/supervisor.pid").then(({ stdout }) => stdout)).keeper.pid;
    for (const pid of [keeper, supervisor.pid, ...workers]) process.kill(pid, "SIGKILL");
    const { attempts } = await other.reaches("a", "completed");
    expect(attempts).toBe(2);
    expect(await other.ok("logs", "a")).toBe("done\n");
  });

  it("lets its workers finish their jobs and leave when the schema moves on to a newer version", async () => {
    const one = await box();
    const go = one.file("go");
    await one.ok("enqueue", "--id", "a", "--command", `while [ ! -e ${go} ]; do sleep 0.05; done; echo done`);
    await one.ok("worker", "start", "--detach");
    await one.reaches("a", "processing");
    const admin = new pg.Client(one.url.replace(/&schema=\w+/, ""));
    await admin.connect();
    const schema = /schema=(\w+)/.exec(one.url)?.[1];
    const version = (number: number) => admin.query(`UPDATE ${schema}.installation SET schema_version = ${number}`);
    await version(1000);
    const refused = await one.run(["list"]);
    expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining("was made by a newer queuectl") });
    await one.shell(`: >${go}`);
    // It looks twice a minute.
    await waitFor("the supervisor to leave", () => !existsSync(join(one.home, "supervisor.pid")), 50_000);
    await version(1);
    await admin.end();
    expect(await one.show("a")).toMatchObject({ state: "completed", attempts: 1 });
  });

  it("cancels a job that another home runs, and stops only its own pool", async () => {
    const one = await box();
    const other = second(one);
    await one.ok("worker", "start", "--detach");
    await other.ok("worker", "start", "--detach", "--queue", "other");
    await other.ok("enqueue", "--id", "a", "--command", "sleep 1000");
    await other.reaches("a", "processing");
    await other.ok("cancel", "a");
    await other.reaches("a", "cancelled");
    await one.ok("worker", "stop");
    await waitFor("the other pool alone", async () => {
      const pools = (await other.json<{ workers: unknown[] }>("status")).workers;
      return pools.length === 1;
    });
  });
});

function bound(box: PostgresBox) {
  return {
    ok: box.ok.bind(box),
    json: box.json.bind(box) as PostgresBox["json"],
    reaches: box.reaches.bind(box),
    show: box.show.bind(box),
  };
}
