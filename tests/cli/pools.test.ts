/** Several pools in one home: started from several terminals, named, listed, changed and stopped. */
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

interface WorkerJson {
  readonly pool: string;
  readonly pid: number;
  readonly state: string;
}
interface PoolJson {
  readonly name: string;
  readonly pid: number;
  readonly state: string;
  readonly workers: number;
}

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

const workers = () => box.json<WorkerJson[]>("worker", "list");
const pools = async () => (await box.json<{ pools: PoolJson[] }>("status")).pools;
const names = async () => (await pools()).map(({ name }) => name);
const pidFile = (name: string) => box.file(`home/supervisor-${name}.pid`);

describe("several pools", () => {
  it("are started from one terminal each, know of each other, and stop together", async () => {
    const first = await box.supervisor("--count", "2");
    expect(first.stdout).not.toContain("beside");
    const second = await box.supervisor();
    expect(second.stdout).toContain(`This is pool main-2, beside main (pid ${first.pid})\n`);
    const started = await box.json("worker", "start", "--detach", "--name", "gpu", "--queue", "gpu");
    expect(started).toMatchObject({
      pool: "gpu",
      log: box.file("home/logs/supervisor-gpu.log"),
      others: [
        { name: "main", pid: first.pid },
        { name: "main-2", pid: second.pid },
      ],
    });

    expect((await workers()).map(({ pool }) => pool)).toEqual(["main", "main", "gpu", "main-2"]);
    expect(await box.ok("worker", "list")).toMatch(/^WORKER +POOL +PID/);
    expect(await pools()).toMatchObject([
      { name: "main", pid: first.pid, state: "running", workers: 2 },
      { name: "gpu", workers: 1 },
      { name: "main-2", pid: second.pid, workers: 1 },
    ]);
    const status = await box.ok("status");
    expect(status).toMatch(/^Active workers: 4$/m);
    expect(status).toMatch(new RegExp(`^Pool main-2: +running, pid ${second.pid}, up .*, 1 worker$`, "m"));
    expect(await box.json("status")).toMatchObject({ supervisor: { running: true, pid: first.pid } });

    expect(await box.ok("worker", "stop")).toBe("Stopped 4 worker(s)\n");
    expect([await first.exited, await second.exited]).toEqual([0, 0]);
    for (const file of [pidFile("main-2"), pidFile("gpu"), box.file("home/supervisor.pid")]) {
      expect(existsSync(file)).toBe(false);
    }
    expect(await names()).toEqual([]);
  });

  it("run beside --once and --drain, which end by themselves", async () => {
    await box.supervisor("--queue", "other");
    await box.ok("enqueue", "--id", "a", "--command", "true");
    await box.ok("enqueue", "--id", "b", "--command", "true");
    expect((await box.run(["worker", "start", "--once"])).code).toBe(0);
    expect((await box.run(["worker", "start", "--drain"])).code).toBe(0);
    expect((await box.show("b")).state).toBe("completed");
    expect(await names()).toEqual(["main"]);
  });
});

describe("a name", () => {
  it("that lives is refused, in the foreground and detached: 6", async () => {
    const { pid } = await box.supervisor("--name", "gpu");
    for (const how of [[], ["--detach"]]) {
      const { code, stdout, stderr } = await box.run(["worker", "start", "--name", "gpu", ...how]);
      expect({ code, stdout }).toEqual({ code: 6, stdout: "" });
      expect(stderr).toContain(`pool gpu is already running for ${box.home} (pid ${pid})`);
    }
    expect(await workers()).toHaveLength(1);
  });

  it("is that of the main pool for a detached start, which is refused beside it: 6", async () => {
    const { pid } = await box.supervisor();
    const { code, stderr } = await box.run(["worker", "start", "--detach"]);
    expect([code, stderr]).toEqual([6, expect.stringContaining(`pool main is already running`)]);
    expect(stderr).toContain(`(pid ${pid})`);
  });

  it("that could lead elsewhere is refused by every command: 2", async () => {
    const cli = new Cli("this process");
    for (const name of ["../x", "a/b", "", ".", "-x", "a b", "x".repeat(129)]) {
      for (const words of [["stop"], ["scale", "2"], ["restart"], ["logs"]]) {
        expect(await cli.fails(2, ["worker", ...words, `--name=${name}`])).toContain("the pool name");
      }
    }
    expect(await cli.fails(2, ["worker", "start", "--name=../x"])).toContain("the pool name");
    expect(existsSync(cli.home)).toBe(false);
    await cli.dispose();
  });
});

describe("worker stop", () => {
  it("stops one pool by its name or its pid, and leaves the others", async () => {
    const first = await box.supervisor();
    const second = await box.supervisor("--count", "2");
    const third = await box.supervisor("--name", "gpu");
    expect(await box.ok("worker", "stop", "--name", "main-2")).toBe("Stopped 2 worker(s)\n");
    expect(await second.exited).toBe(0);
    expect(await box.ok("worker", "stop", String(third.pid))).toBe("Stopped 1 worker(s)\n");
    expect(await third.exited).toBe(0);
    expect(await names()).toEqual(["main"]);
    expect(first.child.exitCode).toBeNull();
  });

  it("says which pools run when it finds none of the name, or a worker: nothing is stopped", async () => {
    await box.supervisor();
    const [worker] = await workers();
    const unknown = await box.run(["worker", "stop", "--name", "gpu"]);
    expect([unknown.code, unknown.stderr]).toEqual([5, expect.stringContaining("these run: main\n")]);
    const ofWorker = await box.run(["worker", "stop", String(worker?.pid)]);
    expect([ofWorker.code, ofWorker.stderr]).toEqual([2, expect.stringContaining("is a worker of pool main")]);
    expect(await workers()).toEqual([expect.objectContaining({ pid: worker?.pid, state: "idle" })]);
  });

  it("for another database stops nothing: 5", async () => {
    const { child } = await box.supervisor();
    const other = box.file("other.db");
    for (const words of [["stop"], ["stop", "--force"], ["stop", "--name", "main"]]) {
      const { code, stderr } = await box.run(["worker", ...words, "--db", other]);
      expect([words, code, stderr]).toEqual([
        words,
        5,
        expect.stringContaining(`works on ${other}; pool main works on`),
      ]);
    }
    expect(await workers()).toHaveLength(1);
    expect(child.exitCode).toBeNull();
  });

  it("names the pool in the form that it gives to end its jobs", async () => {
    await box.supervisor("--queue", "other");
    expect(await box.ok("worker", "start", "--detach", "--name", "gpu", "--queue", "gpu")).toContain(
      "stop --name gpu\n",
    );
    const end = box.file("end");
    await box.ok("enqueue", "--id", "a", "--queue", "gpu", "--command", `while [ ! -e '${end}' ]; do sleep 0.02; done`);
    await box.reaches("a", "processing");
    const { code, stderr } = await box.run(["worker", "stop", "--name", "gpu", "--timeout", "0"]);
    expect([code, stderr]).toEqual([124, expect.stringMatching(/queuectl worker stop --force --name gpu\n$/)]);
    expect((await box.run(["worker", "stop", "--force", "--name", "gpu"])).code).toBe(0);
    expect(await names()).toEqual(["main"]);
  });

  it("leaves a pool alone that starts while it waits for another one of its name", async () => {
    const first = await box.supervisor();
    const end = box.file("end");
    await box.ok("enqueue", "--id", "a", "--command", `while [ ! -e '${end}' ]; do sleep 0.02; done`);
    await box.reaches("a", "processing");
    const stopping = box.start(["worker", "stop"]);
    await stopping.says("stderr", "Waiting for 1 job: a");
    const second = await box.supervisor();
    expect(second.stdout).toContain("pool main-2");
    await box.ok("enqueue", "--command", `touch '${end}'`);
    expect(await stopping.ended).toMatchObject({ code: 0, stdout: "Stopped 1 worker(s)\n" });
    expect(await first.exited).toBe(0);
    expect(await names()).toEqual(["main-2"]);
  });
});

describe("a database", () => {
  it("is the same for all pools of a home: a start on another one is refused: 6", async () => {
    const first = await box.supervisor();
    const { code, stderr } = await box.run(["worker", "start", "--db", box.file("other.db")]);
    expect([code, stderr]).toEqual([
      6,
      expect.stringContaining(`pool main of ${box.home} (pid ${first.pid}) works on`),
    ]);
    expect(existsSync(pidFile("main-2"))).toBe(false);
    expect(await names()).toEqual(["main"]);
  });
});

describe("one of several pools", () => {
  beforeEach(async () => {
    await box.ok("worker", "start", "--detach", "--name", "gpu", "--queue", "gpu");
    await box.supervisor("--name", "cpu");
  });

  it("is scaled by its name; without a name it is not guessed: 2", async () => {
    expect(await box.ok("worker", "scale", "3", "--name", "gpu")).toMatch(/^Scaled to 3 worker/);
    expect((await workers()).map(({ pool }) => pool)).toEqual(["cpu", "gpu", "gpu", "gpu"]);
    const { code, stderr } = await box.run(["worker", "scale", "2"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("2 pools are running: cpu, gpu; say which one")]);
    await box.supervisor();
    expect(await box.ok("worker", "scale", "2")).toMatch(/^Scaled to 2 worker/);
    expect((await workers()).filter(({ pool }) => pool === "main")).toHaveLength(2);
  });

  it("is restarted by its name, and with the others without one", async () => {
    const before = new Map((await workers()).map((worker) => [worker.pool, worker.pid]));
    expect(await box.ok("worker", "restart", "--name", "cpu")).toMatch(/^Restarted 1 worker/);
    const then = new Map((await workers()).map((worker) => [worker.pool, worker.pid]));
    expect(then.get("gpu")).toBe(before.get("gpu"));
    expect(then.get("cpu")).not.toBe(before.get("cpu"));
    expect(await box.ok("worker", "restart")).toMatch(/^Restarted 2 worker/);
    for (const { pool, pid } of await workers()) expect(pid).not.toBe(then.get(pool));
  });

  it("has a log of its own, and is started again by its keeper under its name", async () => {
    expect(await box.ok("worker", "logs", "--name", "gpu")).toContain('"pool":"gpu"');
    const { code, stderr } = await box.run(["worker", "logs"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("there are 2 pools: cpu, gpu; say whose log")]);
    const supervisor = async () => (await pools()).find(({ name }) => name === "gpu")?.pid;
    const killed = await supervisor();
    expect(killed).toBeDefined();
    if (killed !== undefined) process.kill(killed, "SIGKILL");
    await waitFor("the next one", async () => ![undefined, killed].includes(await supervisor()));
    expect(await box.ok("worker", "stop", "--name", "gpu")).toBe("Stopped 1 worker(s)\n");
  });
});
