import { describe, expect, it } from "vitest";
import { NO_LIMIT } from "../../../src/config/config.js";
import { Simulation } from "./simulation.js";

describe("starting", () => {
  it("spawns as many workers as asked for, and announces once all are ready", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 3, others: 0 });
    expect(sim.of("spawn").map(({ id }) => id)).toEqual(["sup.1", "sup.2", "sup.3"]);
    sim.say("sup.1", { type: "ready" });
    sim.say("sup.3", { type: "ready" });
    expect(sim.of("announce-ready")).toEqual([]);
    sim.say("sup.2", { type: "ready" });
    expect(sim.of("announce-ready")).toEqual([{ type: "announce-ready", pids: [100, 101, 102] }]);
    expect(sim.state.phase).toBe("running");
  });

  it("does not restart a worker that cannot be configured, and ends with 78", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 2, others: 0 });
    sim.die("sup.1", { code: 78 });
    sim.send({ type: "reclaimed", interrupted: 0 });
    expect(sim.of("tell")).toEqual([{ type: "tell", id: "sup.2", message: { type: "drain" } }]);
    sim.say("sup.2", { type: "finished", ran: 0, interrupted: 0 });
    sim.die("sup.2", { code: 0 });
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 78 }]);
    expect(sim.of("spawn")).toHaveLength(2);
  });

  it("kills a worker that does not become ready", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 1, others: 0 });
    sim.pass(50_000);
    expect(sim.of("kill")).toEqual([{ type: "kill", id: "sup.1", signal: "SIGKILL" }]);
  });
});

describe("workers of a former supervisor", () => {
  it("fill the count until they leave", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 3, others: 2 });
    expect(sim.alive).toEqual(["sup.1"]);
    sim.say("sup.1", { type: "ready" });
    expect(sim.of("announce-ready")).toHaveLength(1);
    sim.send({ type: "others", count: 2 });
    expect(sim.alive).toHaveLength(1);
    sim.send({ type: "others", count: 1 });
    expect(sim.alive).toHaveLength(2);
    sim.send({ type: "others", count: 0 });
    expect(sim.alive).toHaveLength(3);
  });

  it("do not keep us from being ready when they leave before our first workers are", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 3, others: 1 });
    sim.send({ type: "others", count: 0 });
    for (const id of sim.alive) sim.say(id, { type: "ready" });
    expect(sim.alive).toHaveLength(3);
    expect(sim.of("announce-ready")).toHaveLength(1);
  });

  it("keep none of our own from being replaced, and do not delay the announcement", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 1, others: 3 });
    expect(sim.alive).toEqual([]);
    expect(sim.of("announce-ready")).toHaveLength(1);
    sim.send({ type: "others", count: 0 });
    sim.die(sim.alive[0] as string);
    sim.pass(0);
    expect(sim.alive).toHaveLength(1);
  });
});

describe("a death", () => {
  it("takes back what the worker held at once and fills its member without a wait", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.die("sup.1");
    expect(sim.of("reclaim")).toEqual([
      { type: "reclaim", id: "sup.1", charged: true, why: "its worker was killed by SIGKILL" },
    ]);
    sim.pass(0);
    expect(sim.alive).toEqual(["sup.3", "sup.2"]);
    expect(sim.state.members[0]?.restarts).toBe(1);
  });

  it("waits longer from death to death, up to 30 s, and from the beginning again after a healthy minute", () => {
    const sim = new Simulation();
    sim.startReady(1);
    const waits: number[] = [];
    for (let n = 0; n < 10; n++) {
      const [id] = sim.alive as [string];
      sim.say(id, { type: "ready" });
      const timer = sim.die(id, { code: 1 }).find((effect) => effect.type === "timer");
      waits.push(timer?.type === "timer" ? timer.ms : -1);
      sim.pass(30_000, () => sim.heartbeats());
    }
    expect(waits).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);

    const [id] = sim.alive as [string];
    sim.say(id, { type: "ready" });
    sim.pass(60_000, () => sim.heartbeats());
    const timer = sim.die(id, { code: 1 }).find((effect) => effect.type === "timer");
    expect(timer).toMatchObject({ ms: 0 });
  });

  it("by a kill from outside costs no delay and is no crash, however often, if the worker had been ready", () => {
    const sim = new Simulation();
    sim.startReady(1);
    for (let n = 0; n < 50; n++) {
      const [id] = sim.alive as [string];
      sim.say(id, { type: "ready" });
      sim.pass(1000);
      expect(sim.die(id)).toContainEqual(expect.objectContaining({ type: "timer", ms: 0 }));
      sim.pass(0);
      expect(sim.alive).toHaveLength(1);
    }
    expect(sim.state).toMatchObject({ phase: "running", crashes: [], degradedSince: null });
    expect(sim.state.members).toMatchObject([{ failures: 0, restarts: 50 }]);
  });

  it("by a kill right after the start costs no delay ten times, and then more each time", () => {
    const sim = new Simulation();
    sim.startReady(1);
    const waits: number[] = [];
    for (let n = 0; n < 17; n++) {
      const [id] = sim.alive as [string];
      sim.say(id, { type: "ready" });
      const timer = sim.die(id).find((effect) => effect.type === "timer");
      waits.push(timer?.type === "timer" ? timer.ms : -1);
      sim.pass(waits.at(-1) as number);
    }
    expect(waits).toEqual([...Array(10).fill(0), 0, 500, 1000, 2000, 4000, 8000, 16_000]);
  });

  it("by the supervisor, for silence or before the worker was ready, waits as a crash does", () => {
    const sim = new Simulation();
    sim.startReady(1);
    const waits: number[] = [];
    for (const isReady of [true, false, true]) {
      const [id] = sim.alive as [string];
      if (isReady) sim.say(id, { type: "ready" });
      if (isReady) sim.pass(13_000);
      const timer = sim.die(id).find((effect) => effect.type === "timer");
      waits.push(timer?.type === "timer" ? timer.ms : -1);
      sim.pass(1000);
    }
    expect(sim.of("kill").map(({ signal }) => signal)).toEqual(["SIGABRT", "SIGKILL", "SIGABRT", "SIGKILL"]);
    expect(waits).toEqual([0, 500, 1000]);
  });

  it("replaces a worker that somebody else told to leave, without holding it against its member", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.say("sup.1", { type: "finished", ran: 3, interrupted: 0 });
    sim.die("sup.1", { code: 0 });
    sim.pass(0);
    expect(sim.alive).toEqual(["sup.2"]);
    expect(sim.of("reclaim")).toEqual([]);
    expect(sim.state.members[0]).toMatchObject({ failures: 0, restarts: 0 });
  });

  it("is ignored when it is told of a worker that is not there", () => {
    const sim = new Simulation();
    sim.startReady(1);
    const before = sim.state;
    expect(sim.die("nobody")).toEqual([]);
    expect(sim.say("nobody", { type: "heartbeat", running: 1 })).toEqual([]);
    expect(sim.state).toEqual(before);
  });
});

describe("a storm of deaths", () => {
  function storm(): Simulation {
    const sim = new Simulation();
    sim.startReady(8);
    for (let n = 0; n < 21; n++) {
      if (sim.alive.length === 0) sim.pass(2000);
      const [id] = sim.alive;
      if (id) sim.die(id);
    }
    return sim;
  }

  it("degrades the pool: one probe every 30 s", () => {
    const sim = storm();
    expect(sim.state.degradedSince).not.toBeNull();
    expect(sim.of("publish").at(-1)).toEqual({ type: "publish", state: "degraded" });
    for (const id of sim.alive) sim.die(id);
    const before = sim.of("spawn").length;
    sim.pass(31_000);
    // Members that had been given a timer before the storm was seen may be filled once more.
    const probed = sim.of("spawn").length - before;
    expect(probed).toBeGreaterThan(0);
  });

  it("recovers when a worker stays alive", () => {
    const sim = storm();
    sim.pass(31_000, () => sim.heartbeats());
    for (const id of sim.alive) sim.say(id, { type: "ready" });
    sim.pass(40_000, () => sim.heartbeats());
    expect(sim.state.degradedSince).toBeNull();
    expect(sim.alive).toHaveLength(8);
  });

  it("tries a worker in a member that nobody of a former supervisor fills", () => {
    const sim = new Simulation();
    sim.startReady(24);
    sim.send({ type: "others", count: 1 });
    sim.die("sup.1");
    sim.pass(0);
    expect(sim.state.members[0]?.heldBack).toBe(true);
    for (const id of sim.alive.slice(0, 20)) sim.die(id);
    expect(sim.state.degradedSince).not.toBeNull();
    sim.pass(0);
    const before = sim.of("spawn").length;
    for (const id of sim.alive) sim.die(id);
    sim.pass(40_000);
    expect(sim.of("spawn").length).toBeGreaterThan(before);
  });

  it("gives up with 70 after five minutes", () => {
    const sim = storm();
    sim.pass(400_000, () => {
      for (const id of sim.alive) {
        sim.die(id);
        sim.send({ type: "reclaimed", interrupted: 0 });
      }
    });
    while (sim.state.reclaiming > 0) sim.send({ type: "reclaimed", interrupted: 0 });
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 70 }]);
  });
});

it("tries without end to replace workers that cannot start on a full disk, and calls that no storm", () => {
  const sim = new Simulation();
  sim.startReady(8);
  for (const id of sim.alive) sim.die(id);
  sim.pass(3_600_000, () => {
    sim.heartbeats();
    for (const id of sim.alive) {
      sim.die(id, { code: 74 });
      sim.send({ type: "reclaimed", interrupted: 0 });
    }
  });
  expect(sim.of("publish").filter(({ state }) => state === "degraded")).toEqual([]);
  const before = sim.of("spawn").length;
  sim.pass(6000);
  // There is room again.
  expect(sim.of("spawn").length).toBe(before + 8);
  expect(sim.alive).toHaveLength(8);
});

describe("silence", () => {
  it("warns after 5 s, aborts after 10, kills after 12", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.pass(5500);
    expect(sim.of("note").map(({ note }) => note.kind)).toEqual(["worker-silent"]);
    sim.pass(5000);
    expect(sim.of("kill").map(({ signal }) => signal)).toEqual(["SIGABRT"]);
    sim.pass(2500);
    expect(sim.of("kill").map(({ signal }) => signal)).toEqual(["SIGABRT", "SIGKILL"]);
  });

  it("is forgiven when a sign of life comes", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.pass(60_000, () => sim.heartbeats());
    expect(sim.of("kill")).toEqual([]);
  });

  it("is not held against anybody when the supervisor itself was suspended", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.pass(1000, () => sim.heartbeats());
    sim.now += 3_600_000;
    sim.send({ type: "sweep" });
    expect(sim.of("kill")).toEqual([]);
    expect(sim.of("note")).toEqual([]);
  });
});

describe("stopping", () => {
  it("lets the workers drain and exits with 0", () => {
    const sim = new Simulation();
    const ids = sim.startReady(2);
    sim.send({ type: "stop", how: "graceful" });
    expect(sim.of("tell").map(({ id, message }) => [id, message.type])).toEqual(ids.map((id) => [id, "drain"]));
    for (const id of ids) {
      expect(sim.of("exit")).toEqual([]);
      sim.say(id, { type: "finished", ran: 1, interrupted: 0 });
      sim.die(id, { code: 0 });
    }
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 0 }]);
  });

  it("interrupts when the grace is over, then kills, and exits with 75", () => {
    const sim = new Simulation({ graceMs: 2000 });
    sim.startReady(1);
    sim.send({ type: "stop", how: "graceful" });
    sim.pass(2000);
    expect(sim.of("tell").map(({ message }) => message.type)).toEqual(["drain", "interrupt"]);
    sim.pass(15_000, () => sim.heartbeats());
    expect(sim.of("kill")).toEqual([{ type: "kill", id: "sup.1", signal: "SIGKILL" }]);
    sim.die("sup.1");
    expect(sim.of("reclaim")).toMatchObject([{ charged: false }]);
    expect(sim.of("exit")).toEqual([]);
    sim.send({ type: "reclaimed", interrupted: 2 });
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 75 }]);
  });

  it("lets jobs run as long as they take where no grace is set", () => {
    const sim = new Simulation({ graceMs: NO_LIMIT });
    sim.startReady(1);
    sim.send({ type: "stop", how: "graceful" });
    sim.pass(3_600_000, () => sim.heartbeats());
    expect(sim.of("tell").map(({ message }) => message.type)).toEqual(["drain"]);
    sim.say("sup.1", { type: "finished", ran: 1, interrupted: 0 });
    sim.die("sup.1", { code: 0 });
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 0 }]);
  });

  it("grows impatient with each request, and an immediate one skips the rest", () => {
    const sim = new Simulation();
    sim.startReady(1);
    for (const expected of ["draining", "interrupting", "killing", "killing"]) {
      sim.send({ type: "stop", how: "graceful" });
      expect(sim.state.phase).toBe(expected);
    }
    const quick = new Simulation();
    quick.startReady(1);
    quick.send({ type: "stop", how: "immediate" });
    expect(quick.of("kill")).toHaveLength(1);
  });

  it("is not made impatient by several who want it drained", () => {
    const sim = new Simulation();
    sim.startReady(1);
    for (let n = 0; n < 3; n++) {
      sim.send({ type: "stop", how: "drain" });
      expect(sim.state.phase).toBe("draining");
    }
    expect(sim.of("tell").map(({ message }) => message.type)).toEqual(["drain"]);
    sim.send({ type: "stop", how: "graceful" });
    sim.send({ type: "stop", how: "drain" });
    expect(sim.state.phase).toBe("interrupting");
  });

  it("does not fill members any more, whatever timers were set", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.die("sup.1");
    sim.send({ type: "stop", how: "graceful" });
    sim.pass(60_000);
    expect(sim.of("spawn")).toHaveLength(2);
  });

  it("works while the pool is still starting", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 1, others: 0 });
    sim.send({ type: "stop", how: "graceful" });
    sim.say("sup.1", { type: "ready" });
    sim.say("sup.1", { type: "finished", ran: 0, interrupted: 0 });
    sim.die("sup.1", { code: 0 });
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 0 }]);
    expect(sim.of("announce-ready")).toEqual([]);
  });
});

it("leaves with 1 when its database is replaced, so that it is started again", () => {
  const sim = new Simulation();
  sim.startReady(1);
  sim.send({ type: "database-replaced" });
  sim.send({ type: "database-replaced" });
  expect(sim.of("tell").map(({ message }) => message.type)).toEqual(["drain"]);
  sim.say("sup.1", { type: "finished", ran: 0, interrupted: 0 });
  sim.die("sup.1", { code: 0 });
  expect(sim.of("exit")).toEqual([{ type: "exit", code: 1 }]);
});

describe("once", () => {
  it("ends with its worker, and says so when nothing was due", () => {
    const sim = new Simulation({ mode: "once" });
    sim.startReady(1);
    sim.say("sup.1", { type: "finished", ran: 0, interrupted: 0 });
    sim.die("sup.1", { code: 0 });
    expect(sim.of("note").map(({ note }) => note)).toEqual([{ kind: "ran", jobs: 0 }]);
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 0 }]);
  });

  it("takes the job back and fails when its worker dies", () => {
    const sim = new Simulation({ mode: "once" });
    sim.startReady(1);
    sim.die("sup.1");
    expect(sim.of("exit")).toEqual([]);
    sim.send({ type: "reclaimed", interrupted: 0 });
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 1 }]);
  });
});

describe("drain", () => {
  it("asks the store when all are idle, and stops when nothing remains", () => {
    const sim = new Simulation({ mode: "drain" });
    const [a, b] = sim.startReady(2) as [string, string];
    sim.say(a, { type: "heartbeat", running: 1 });
    sim.say(b, { type: "idle" });
    expect(sim.of("check-remaining")).toEqual([]);
    sim.say(a, { type: "idle" });
    expect(sim.of("check-remaining")).toHaveLength(1);
    sim.send({ type: "nothing-remains" });
    expect(sim.state.phase).toBe("draining");
  });
});

describe("a worker that makes room for a new one", () => {
  const recycle = (sim: Simulation, id: string) => {
    sim.say(id, { type: "leaving", running: 0, why: "it has run 10 jobs" });
    sim.say(id, { type: "finished", ran: 10, interrupted: 0 });
    sim.die(id, { code: 0 });
    sim.pass(0);
  };

  it("is replaced at once, however often, and never counted as a death", () => {
    const sim = new Simulation();
    sim.startReady(2);
    for (let n = 0; n < 100; n++) {
      const [id = ""] = sim.alive;
      recycle(sim, id);
      expect(sim.alive).toHaveLength(2);
      expect(sim.alive).not.toContain(id);
      for (const alive of sim.alive) sim.say(alive, { type: "ready" });
    }
    expect(sim.state).toMatchObject({ phase: "running", crashes: [], degradedSince: null });
    expect(sim.state.members).toMatchObject([
      { failures: 0, restarts: 0 },
      { failures: 0, restarts: 0 },
    ]);
    expect(sim.of("reclaim")).toEqual([]);
    expect(sim.of("note")).toHaveLength(100);
    expect(sim.of("note")[0]?.note).toEqual({ kind: "worker-recycled", id: "sup.1", why: "it has run 10 jobs" });
  });

  it("is not replaced while the supervisor stops", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.send({ type: "stop", how: "graceful" });
    recycle(sim, "sup.1");
    expect(sim.of("spawn")).toHaveLength(1);
    expect(sim.of("note").filter(({ note }) => note.kind === "worker-recycled")).toEqual([]);
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 0 }]);
  });
});
