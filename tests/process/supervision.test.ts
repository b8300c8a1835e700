/** Supervisors and workers as processes: starting, dying, stopping. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identityOf } from "../../src/system/process/identity.js";
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
  readonly restarts: number;
}
const workers = () => box.json<WorkerJson[]>("worker", "list");
/** 0 if none runs. */
const supervisorPid = async () => {
  const { supervisor } = await box.json<{ supervisor: { pid: number | null } }>("status");
  return supervisor.pid ?? 0;
};
const lives = (pid: number) => identityOf(pid) !== null;

/** Waits for a running job that has written its pid to `name`. */
async function runningPid(name: string): Promise<number> {
  const [pid] = await waitFor("the job to run", () => box.lines(name).length > 0 && box.lines(name));
  return Number(pid);
}

describe("a detached start", () => {
  it("returns when it is ready, can be seen and stopped from other shells, and leaves nothing", async () => {
    const started = await box.ok("worker", "start", "--detach", "--count", "3");
    const pids = [...(started.split("\n")[0] ?? "").matchAll(/\d{2,}/g)].map(Number);
    expect(started).toMatch(/^Supervisor \d+ started 3 worker\(s\): \d+, \d+, \d+\n/);
    expect(started).toContain(join(box.home, "logs", "supervisor.log"));
    const { supervisor } = await box.json<{ supervisor: unknown }>("status");
    expect(supervisor).toMatchObject({ running: true, pid: pids[0], state: "running" });
    expect((await workers()).map(({ pid }) => pid).sort()).toEqual(pids.slice(1).sort());

    expect(await box.ok("worker", "stop")).toBe("Stopped 3 worker(s)\n");
    expect(pids.filter(lives)).toEqual([]);
    expect(existsSync(join(box.home, "supervisor.pid"))).toBe(false);
    expect(await workers()).toEqual([]);
  });

  it("fails as a foreground start would, with the same message and code", async () => {
    await box.ok("worker", "start", "--detach");
    for (const how of ["--detach", "--name=main"]) {
      const { code, stderr } = await box.run(["worker", "start", how]);
      expect(code).toBe(6);
      expect(stderr).toMatch(/already running .*\(pid \d+\)/);
    }
  });
});

describe("a worker that is killed", () => {
  it("takes its job's processes along, is replaced, and the job runs again", async () => {
    await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ >> pids; [ $QUEUECTL_ATTEMPT -gt 1 ] || sleep 1000");
    const orphan = await runningPid("pids");
    const [victim] = await workers();
    process.kill(victim?.pid as number, "SIGKILL");
    await waitFor("the orphan to die", () => !lives(orphan));
    const job = await box.reaches("j", "completed");
    expect(job.history.map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"]);
    expect(await workers()).toMatchObject([{ restarts: 1 }]);
  });

  it("by its own job every time buries the job after max_retries attempts, and harms no neighbour", async () => {
    await box.supervisor("--count", "2");
    const poison = "kill -9 $(ps -o ppid= -p $PPID)";
    await box.ok("enqueue", JSON.stringify({ id: "poison", command: poison, max_retries: 2, backoff_base: 0 }));
    for (let n = 0; n < 5; n++) await box.ok("enqueue", `{"id":"n${n}","command":"true"}`);
    const job = await box.reaches("poison", "dead");
    expect(job.history.map(({ outcome }) => outcome)).toEqual(["lost", "lost"]);
    for (let n = 0; n < 5; n++) await box.reaches(`n${n}`, "completed");
  });
});

it("a queue leaves the jobs of another one alone, even with the same id and fence", async () => {
  const other = new Sandbox();
  try {
    for (const queue of [box, other]) {
      await queue.supervisor();
      await queue.ok("enqueue", "--id", "same", "--command", "echo $$ >> pid; exec sleep 1000");
      await waitFor("the job to run", () => queue.lines("pid").length > 0);
    }
    const [victim] = await workers();
    process.kill(victim?.pid as number, "SIGKILL");
    await waitFor("the job to run again", () => box.lines("pid").length === 2);
    expect((await box.show("same")).history.map(({ outcome }) => outcome)).toEqual(["lost", null]);
    expect((await other.show("same")).history.map(({ outcome }) => outcome)).toEqual([null]);
    expect(lives(Number(other.lines("pid")[0]))).toBe(true);
  } finally {
    await other.dispose();
  }
});

describe("a stop", () => {
  it("lets the job in hand finish and starts no other", async () => {
    const supervisor = await box.supervisor();
    await box.ok(
      "enqueue",
      "--id",
      "first",
      "--command",
      "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done; echo end",
    );
    await runningPid("pid");
    await box.ok("enqueue", "--id", "second", "--command", "true");
    const stop = box.start(["worker", "stop"]);
    await waitFor("the drain to begin", () => supervisor.stderr.includes("stopping"));
    writeFileSync(box.file("go"), "");
    expect(await stop.ended).toMatchObject({ code: 0, stdout: "Stopped 1 worker(s)\n" });
    expect(await supervisor.exited).toBe(0);
    expect(await box.show("first")).toMatchObject({ state: "completed", stdout: "end\n" });
    expect((await box.show("second")).state).toBe("pending");
  });

  it("with --force kills the jobs at once and gives them back, uncharged", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "trap '' TERM; echo $$ > pid; sleep 1000");
    const pid = await runningPid("pid");
    await box.ok("worker", "stop", "--force");
    expect(lives(pid)).toBe(false);
    expect(await supervisor.exited).toBe(75);
    const job = await box.show("j");
    expect(job).toMatchObject({ state: "pending", attempts: 0 });
    expect(job.history.map(({ outcome }) => outcome)).toEqual(["interrupted"]);
  });

  it("with --force reaches even a job that has stopped its own launcher", async () => {
    await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; kill -STOP $PPID; exec sleep 1000");
    const pid = await runningPid("pid");
    await box.ok("worker", "stop", "--force");
    expect(lives(pid)).toBe(false);
    expect((await box.show("j")).history.map(({ outcome }) => outcome)).toEqual(["interrupted"]);
  });

  it("ends the jobs when the grace is over", async () => {
    const supervisor = await box.supervisor("--grace", "100ms");
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; exec sleep 1000");
    const pid = await runningPid("pid");
    supervisor.child.kill("SIGTERM");
    expect(await supervisor.exited).toBe(75);
    expect(lives(pid)).toBe(false);
    expect(await box.show("j")).toMatchObject({ state: "pending", attempts: 0 });
  });

  it("lets the jobs finish under a grace, and beside a poll interval, longer than any timer of Node", async () => {
    const supervisor = await box.supervisor("--grace", "30d", "--poll", "30d");
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done");
    await runningPid("pid");
    supervisor.child.kill("SIGTERM");
    await waitFor("the drain to begin", () => supervisor.stderr.includes("stopping"));
    writeFileSync(box.file("go"), "");
    expect(await supervisor.exited).toBe(0);
    expect((await box.show("j")).history.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
    expect(supervisor.stderr).not.toContain("TimeoutOverflowWarning");
  });

  it("comes at the second signal for the jobs as well", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; exec sleep 1000");
    await runningPid("pid");
    supervisor.child.kill("SIGINT");
    await waitFor("the drain to begin", () => supervisor.stderr.includes("stopping"));
    supervisor.child.kill("SIGINT");
    expect(await supervisor.exited).toBe(75);
    expect((await box.show("j")).state).toBe("pending");
  });

  it("that reaches the jobs before the supervisor, as from a manager that signals everybody, blames no job", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; exec sleep 1000");
    process.kill(await runningPid("pid"), "SIGTERM");
    supervisor.child.kill("SIGTERM");
    expect(await supervisor.exited).toBe(75);
    expect(await box.show("j")).toMatchObject({ state: "pending", attempts: 0 });
  });

  it("is not seen in a TERM that only the job got", async () => {
    await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--max-retries", "1", "--command", "kill -TERM $$");
    const job = await box.reaches("j", "dead");
    expect(job).toMatchObject({ signal: "SIGTERM", exit_code: 143, last_error: "killed by SIGTERM" });
  });

  it("that is asked for from two shells, and again after a timeout, ends no job early", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done");
    await runningPid("pid");
    const both = [box.start(["worker", "stop"]), box.start(["worker", "stop"])];
    for (const stop of both) await waitFor("it to wait", () => stop.stderr.includes("Waiting for 1 job: j"));
    expect((await box.run(["worker", "stop", "--timeout", "0"])).code).toBe(124);
    writeFileSync(box.file("go"), "");
    for (const stop of both) expect(await stop.ended).toMatchObject({ code: 0, stdout: "Stopped 1 worker(s)\n" });
    expect(await supervisor.exited).toBe(0);
    expect((await box.show("j")).history.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
  });

  it.each([
    ["missing", null],
    ["spoilt", "{bad"],
  ])("finds the supervisor when its PID file is %s", async (_, text) => {
    for (const how of [[], ["--force"]]) {
      const started = await box.ok("worker", "start", "--detach");
      const pids = [...(started.split("\n")[0] ?? "").matchAll(/\d{2,}/g)].map(Number);
      const file = join(box.home, "supervisor.pid");
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
      expect(await box.ok("worker", "stop", ...how)).toBe("Stopped 1 worker(s)\n");
      expect(pids.filter(lives)).toEqual([]);
      expect(await supervisorPid()).toBe(0);
      expect(existsSync(file)).toBe(false);
    }
  });

  it("says that there is nothing to stop, with 5", async () => {
    const { code, stderr } = await box.run(["worker", "stop"]);
    expect(code).toBe(5);
    expect(stderr).toContain("no supervisor is running");
  });

  it("gives up waiting with 124, naming the job, and the supervisor goes on stopping", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "endless", "--command", "echo $$ > pid; exec sleep 1000");
    await runningPid("pid");
    const { code, stderr } = await box.run(["worker", "stop", "--timeout", "200ms"]);
    expect(code).toBe(124);
    expect(stderr).toContain("endless");
    await box.ok("worker", "stop", "--force");
    expect(await supervisor.exited).toBe(75);
  });
});

describe("a detached supervisor that is killed", () => {
  it("is started again; the job in hand is finished once, by the worker that has it", async () => {
    await box.ok("worker", "start", "--detach", "--count", "2");
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ >> pid; while [ ! -e go ]; do sleep 0.02; done");
    const pid = await runningPid("pid");
    const first = await supervisorPid();
    process.kill(first, "SIGKILL");
    const second = await waitFor("another supervisor", async () => {
      const now = await supervisorPid();
      return now !== first && now;
    });
    expect(lives(pid)).toBe(true);
    // The worker that drains counts: there are never more than two.
    await waitFor("the pool to be filled", async () => (await workers()).length === 2);
    await box.ok("enqueue", "--id", "k", "--command", "true");
    await box.reaches("k", "completed");
    writeFileSync(box.file("go"), "");
    expect((await box.reaches("j", "completed")).history).toHaveLength(1);
    await waitFor("the pool to be all new", async () => {
      const now = await workers();
      return now.length === 2 && now.every(({ state }) => state === "idle");
    });

    const keeper = JSON.parse(readFileSync(join(box.home, "supervisor.pid"), "utf8")).keeper.pid;
    expect(lives(keeper)).toBe(true);
    expect(await box.ok("worker", "stop")).toBe("Stopped 2 worker(s)\n");
    expect([keeper, second].filter(lives)).toEqual([]);
    expect(existsSync(join(box.home, "supervisor.pid"))).toBe(false);
  });

  it("comes back with as many workers as it was scaled to", async () => {
    await box.ok("worker", "start", "--detach");
    await box.ok("worker", "scale", "3");
    const file = join(box.home, "supervisor.pid");
    await waitFor("it to be written down", () => JSON.parse(readFileSync(file, "utf8")).workers === 3);
    const first = await supervisorPid();
    process.kill(first, "SIGKILL");
    await waitFor("another supervisor", async () => ![0, first].includes(await supervisorPid()));
    await waitFor("its workers", async () => (await workers()).filter(({ state }) => state === "idle").length === 3);
    expect(await box.ok("worker", "stop")).toBe("Stopped 3 worker(s)\n");
    await box.ok("worker", "start", "--detach");
    expect(await workers()).toHaveLength(1);
    await box.ok("worker", "stop");
  });

  it("is said to be started again while its keeper waits", async () => {
    await box.ok("worker", "start", "--detach");
    const { keeper, pid } = JSON.parse(readFileSync(join(box.home, "supervisor.pid"), "utf8"));
    process.kill(keeper.pid, "SIGSTOP");
    process.kill(pid, "SIGKILL");
    await waitFor("it to be gone", () => !lives(pid));
    for (const words of [["scale", "2"], ["restart"]]) {
      const { code, stderr } = await box.run(["worker", ...words]);
      expect([code, stderr]).toEqual([5, expect.stringContaining(`its keeper (pid ${keeper.pid}) starts it again`)]);
    }
    process.kill(keeper.pid, "SIGCONT");
    await waitFor("another supervisor", async () => ![0, pid].includes(await supervisorPid()));
  });

  it("is not started again by a keeper that worker stop has found alone", async () => {
    await box.ok("worker", "start", "--detach");
    const { keeper } = JSON.parse(readFileSync(join(box.home, "supervisor.pid"), "utf8"));
    // Two crashes in a row: the second restart waits a second, and the stop comes in between.
    const first = await supervisorPid();
    process.kill(first, "SIGABRT");
    await waitFor("another supervisor", async () => ![0, first].includes(await supervisorPid()));
    process.kill(await supervisorPid(), "SIGABRT");
    await box.ok("worker", "stop");
    expect(lives(keeper.pid)).toBe(false);
    expect(await supervisorPid()).toBe(0);
  });
});

it("a database that was deleted under a detached supervisor is taken up anew", async () => {
  await box.ok("worker", "start", "--detach");
  for (const suffix of ["", "-wal", "-shm"]) rmSync(join(box.home, `queuectl.db${suffix}`), { force: true });
  await box.ok("enqueue", "--id", "j", "--command", "true");
  await box.reaches("j", "completed");
  expect((await workers()).map(({ state }) => state)).toEqual(["idle"]);
});

it("a supervisor whose home is deleted ends, and says nothing of a defect", async () => {
  const supervisor = await box.supervisor();
  rmSync(box.home, { recursive: true, force: true });
  const { code, stderr } = await supervisor.ended;
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.not.stringContaining("defect") });
});

it("a supervisor whose PID file is gone writes it again", async () => {
  const { pid } = await box.supervisor();
  const file = join(box.home, "supervisor.pid");
  rmSync(file);
  await waitFor("the file", () => existsSync(file));
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid, workers: 1 });
});

describe("a supervisor that is killed", () => {
  it("leaves workers that worker stop waits for, or ends with --force", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; exec sleep 1000");
    const pid = await runningPid("pid");
    supervisor.child.kill("SIGKILL");
    await supervisor.exited;
    const { code, stderr } = await box.run(["worker", "stop", "--timeout", "200ms"]);
    expect(code).toBe(124);
    expect(stderr).toContain("waiting for j");
    expect(lives(pid)).toBe(true);
    expect(await box.ok("worker", "stop", "--force")).toContain("Stopped 1 worker(s)");
    expect(lives(pid)).toBe(false);
    expect(await box.show("j")).toMatchObject({ state: "pending", attempts: 0 });
    expect((await box.run(["worker", "stop"])).code).toBe(5);
  });

  it("leaves workers that finish their job and go, and the next one carries on", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done");
    const pid = await runningPid("pid");
    const [worker] = await workers();
    supervisor.child.kill("SIGKILL");
    await supervisor.exited;
    expect(lives(pid)).toBe(true);
    writeFileSync(box.file("go"), "");
    await waitFor("the worker to leave", () => !lives(worker?.pid as number));
    const job = await box.show("j");
    expect(job).toMatchObject({ state: "completed", attempts: 1 });
    await box.ok("enqueue", "--id", "k", "--command", "true");
    await box.ok("worker", "start", "--drain");
    expect((await box.show("k")).state).toBe("completed");
  });

  it("together with its workers leaves jobs that the next one runs again at once", async () => {
    const supervisor = await box.supervisor();
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ >> pid; [ $QUEUECTL_ATTEMPT -gt 1 ] || sleep 1000");
    const orphan = await runningPid("pid");
    const [worker] = await workers();
    supervisor.child.kill("SIGKILL");
    process.kill(worker?.pid as number, "SIGKILL");
    await waitFor("the orphan to die", () => !lives(orphan));
    await box.ok("worker", "start", "--drain");
    const job = await box.show("j");
    expect(job.history.map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"]);
  });
});
