/** The pool changes its size, or its workers, while it runs. */
import { describe, expect, it } from "vitest";
import { Simulation } from "./simulation.js";

const drained = (sim: Simulation) =>
  sim.of("tell").flatMap(({ id, message }) => (message.type === "drain" ? [id] : []));

/** It does what it was told: its last words, and its exit. */
function leave(sim: Simulation, id: string): void {
  sim.say(id, { type: "finished", ran: 0, interrupted: 0 });
  sim.die(id, { code: 0 });
  sim.pass(0);
}

describe("growing", () => {
  it("adds workers, and leaves those that are there alone", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.send({ type: "scale", workers: 3 });
    expect(sim.alive).toEqual(["sup.1", "sup.2", "sup.3"]);
    expect(sim.of("note").map(({ note }) => note)).toContainEqual({ kind: "scaled", from: 1, to: 3 });
    expect(sim.of("announce-ready")).toHaveLength(1);
  });

  it("stops at the most that a supervisor may have", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.send({ type: "scale", workers: 10_000 });
    expect(sim.alive).toHaveLength(512);
  });

  it("of a degraded pool waits until it has recovered", () => {
    const sim = new Simulation();
    sim.startReady(8);
    for (let n = 0; n < 21; n++) {
      if (sim.alive.length === 0) sim.pass(2000);
      sim.die(sim.alive[0] as string);
    }
    expect(sim.state.degradedSince).not.toBeNull();
    const before = sim.of("spawn").length;
    sim.send({ type: "scale", workers: 12 });
    expect(sim.of("spawn")).toHaveLength(before);
    expect(sim.state.members).toHaveLength(12);
  });
});

describe("shrinking", () => {
  it("tells those with least to do to leave, and fills no member of theirs again", () => {
    const sim = new Simulation();
    sim.startReady(3);
    sim.say("sup.1", { type: "heartbeat", running: 0 });
    sim.say("sup.2", { type: "heartbeat", running: 2 });
    sim.say("sup.3", { type: "heartbeat", running: 1 });
    sim.send({ type: "scale", workers: 1 });
    expect(drained(sim)).toEqual(["sup.1", "sup.3"]);
    leave(sim, "sup.1");
    leave(sim, "sup.3");
    expect(sim.alive).toEqual(["sup.2"]);
    expect(sim.state.members).toHaveLength(1);
  });

  it("takes back what a worker held that dies on its way out, and does not replace it", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.send({ type: "scale", workers: 1 });
    const [leaving] = drained(sim) as [string];
    sim.die(leaving);
    sim.pass(60_000, () => sim.heartbeats());
    expect(sim.of("reclaim")).toMatchObject([{ id: leaving, charged: true }]);
    expect(sim.alive).toHaveLength(1);
    expect(sim.of("spawn")).toHaveLength(2);
  });

  it("takes empty members first", () => {
    const sim = new Simulation();
    sim.startReady(3);
    // The second death in a row costs its member a wait.
    for (let n = 0; n < 2; n++) {
      sim.die(sim.alive.at(-1) as string, { code: 1 });
      sim.pass(0);
    }
    expect(sim.alive).toHaveLength(2);
    sim.send({ type: "scale", workers: 2 });
    expect(drained(sim)).toEqual([]);
    sim.pass(60_000, () => sim.heartbeats());
    expect(sim.alive).toHaveLength(2);
  });

  it("and growing again brings new workers, while the old ones still finish", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.send({ type: "scale", workers: 1 });
    sim.send({ type: "scale", workers: 2 });
    expect(sim.alive).toEqual(["sup.1", "sup.2", "sup.3"]);
    leave(sim, drained(sim)[0] as string);
    expect(sim.alive).toHaveLength(2);
  });

  it("never goes below one", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.send({ type: "scale-by", change: -1 });
    sim.send({ type: "scale", workers: 0 });
    expect([sim.alive.length, drained(sim)]).toEqual([1, []]);
  });

  it("while the pool starts lets it become ready with fewer", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 2, others: 0 });
    sim.say("sup.1", { type: "ready" });
    sim.send({ type: "scale", workers: 1 });
    expect(drained(sim)).toEqual(["sup.2"]);
    expect(sim.of("announce-ready")).toEqual([{ type: "announce-ready", pids: [100] }]);
  });
});

describe("TTIN and TTOU", () => {
  it("mean one more and one fewer", () => {
    const sim = new Simulation();
    sim.startReady(1);
    sim.send({ type: "scale-by", change: 1 });
    sim.send({ type: "scale-by", change: 1 });
    expect(sim.alive).toHaveLength(3);
    sim.send({ type: "scale-by", change: -1 });
    expect(drained(sim)).toHaveLength(1);
  });
});

describe("a restart", () => {
  it("replaces one worker after another, idle ones first, and waits for each to be ready", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.say("sup.1", { type: "heartbeat", running: 1 });
    sim.send({ type: "restart" });
    expect(drained(sim)).toEqual(["sup.2"]);
    leave(sim, "sup.2");
    expect(sim.alive).toEqual(["sup.1", "sup.3"]);
    expect(drained(sim)).toEqual(["sup.2"]);
    sim.say("sup.3", { type: "ready" });
    expect(drained(sim)).toEqual(["sup.2", "sup.1"]);
    leave(sim, "sup.1");
    sim.say("sup.4", { type: "ready" });
    expect(sim.alive.sort()).toEqual(["sup.3", "sup.4"]);
    expect(sim.of("note").at(-1)).toEqual({ type: "note", note: { kind: "restarted" } });
    sim.pass(5000, () => sim.heartbeats());
    expect(drained(sim)).toHaveLength(2);
  });

  it("does not replace a worker that has died and is new already", () => {
    const sim = new Simulation();
    sim.startReady(2);
    sim.send({ type: "restart" });
    const [first] = drained(sim) as [string];
    const other = sim.alive.find((id) => id !== first) as string;
    sim.die(other);
    sim.pass(0);
    leave(sim, first);
    for (const id of sim.alive) sim.say(id, { type: "ready" });
    expect(drained(sim)).toEqual([first]);
    expect(sim.state.restarting).toEqual([]);
  });

  it("waits until the pool has started, and is over when the pool stops", () => {
    const sim = new Simulation();
    sim.send({ type: "start", count: 1, others: 0 });
    sim.send({ type: "restart" });
    expect(drained(sim)).toEqual([]);
    sim.say("sup.1", { type: "ready" });
    expect(drained(sim)).toEqual(["sup.1"]);
    sim.send({ type: "stop", how: "graceful" });
    expect(sim.state.restarting).toEqual([]);
    leave(sim, "sup.1");
    expect(sim.of("exit")).toEqual([{ type: "exit", code: 0 }]);
  });
});

it("changes nothing in a supervisor that stops, nor in one that runs a single job", () => {
  for (const mode of ["run", "once"] as const) {
    const sim = new Simulation({ mode });
    sim.startReady(1);
    if (mode === "run") sim.send({ type: "stop", how: "graceful" });
    const tells = sim.of("tell").length;
    sim.send({ type: "scale", workers: 3 });
    sim.send({ type: "restart" });
    expect([sim.alive.length, sim.of("tell").length]).toEqual([1, tells]);
  }
});
