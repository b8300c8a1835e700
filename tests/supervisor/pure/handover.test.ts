/** A worker that makes room for a new one still runs its last jobs. */
import { describe, expect, it } from "vitest";
import { Simulation } from "./simulation.js";

const why = "it has run 4 jobs";
const slotsTold = (sim: Simulation) =>
  sim.of("tell").flatMap(({ id, message }) => (message.type === "slots" ? [[id, message.slots]] : []));

/** One member with four slots, whose worker makes room while it runs `running` jobs. */
function leaving(running: number): Simulation {
  const sim = new Simulation({ slots: 4 });
  sim.startReady(1);
  sim.say("sup.1", { type: "leaving", running, why });
  return sim;
}

function leave(sim: Simulation, id: string): void {
  sim.say(id, { type: "finished", ran: 4, interrupted: 0 });
  sim.die(id, { code: 0 });
  sim.pass(0);
}

describe("a worker that makes room", () => {
  it("is followed at once by one that gets its free slots, and the others as its jobs end", () => {
    const sim = leaving(3);
    expect(sim.of("spawn").at(-1)).toMatchObject({ id: "sup.2", slots: 1, restarts: 0 });
    sim.say("sup.2", { type: "ready" });
    sim.say("sup.1", { type: "heartbeat", running: 1 });
    leave(sim, "sup.1");
    expect(slotsTold(sim)).toEqual([
      ["sup.2", 3],
      ["sup.2", 4],
    ]);
    expect(sim.alive).toEqual(["sup.2"]);
    expect(sim.state.members).toHaveLength(1);
  });

  it("is not followed while every slot is in use", () => {
    const sim = leaving(4);
    expect(sim.of("spawn")).toHaveLength(1);
    sim.say("sup.1", { type: "heartbeat", running: 3 });
    expect(sim.alive).toEqual(["sup.1", "sup.2"]);
  });

  it("with one slot is followed when its job has ended", () => {
    const sim = new Simulation({ slots: 1 });
    sim.startReady(1);
    sim.say("sup.1", { type: "leaving", running: 1, why });
    sim.pass(5000, () => sim.say("sup.1", { type: "heartbeat", running: 1 }));
    expect(sim.of("spawn")).toHaveLength(1);
    leave(sim, "sup.1");
    expect(sim.alive).toEqual(["sup.2"]);
  });

  it("is followed by one other: that one's turn comes when the first has left", () => {
    const sim = leaving(1);
    sim.say("sup.2", { type: "ready" });
    sim.say("sup.2", { type: "leaving", running: 1, why });
    expect(sim.alive).toEqual(["sup.1", "sup.2"]);
    leave(sim, "sup.1");
    expect(sim.alive).toEqual(["sup.2", "sup.3"]);
  });

  it("that dies on its way out loses its jobs, and its member has been filled already", () => {
    const sim = leaving(1);
    sim.die("sup.1");
    sim.pass(60_000, () => sim.heartbeats());
    expect(sim.of("reclaim")).toMatchObject([{ id: "sup.1", charged: true }]);
    expect(sim.alive).toEqual(["sup.2"]);
    expect(slotsTold(sim)).toEqual([["sup.2", 4]]);
  });

  it("says so in the log once", () => {
    const sim = leaving(1);
    leave(sim, "sup.1");
    expect(sim.of("note").map(({ note }) => note)).toEqual([{ kind: "worker-recycled", id: "sup.1", why }]);
  });

  it("is told to stop like any other, and is not followed then", () => {
    const sim = leaving(4);
    sim.send({ type: "stop", how: "graceful" });
    sim.say("sup.1", { type: "heartbeat", running: 1 });
    expect(sim.of("spawn")).toHaveLength(1);
    const both = leaving(1);
    both.send({ type: "stop", how: "graceful" });
    expect(both.of("tell").map(({ id, message }) => [id, message.type])).toEqual([
      ["sup.1", "drain"],
      ["sup.2", "drain"],
    ]);
  });

  it("counts as replaced in a restart", () => {
    const sim = leaving(1);
    sim.say("sup.2", { type: "ready" });
    sim.send({ type: "restart" });
    expect(sim.of("tell").map(({ id }) => id)).toEqual(["sup.2"]);
  });

  it("goes with its member when the pool shrinks, and takes no other along", () => {
    const sim = new Simulation({ slots: 4 });
    sim.startReady(2);
    sim.say("sup.1", { type: "leaving", running: 4, why });
    sim.send({ type: "scale", workers: 1 });
    leave(sim, "sup.1");
    expect(sim.alive).toEqual(["sup.2"]);
  });

  it("of a degraded pool is replaced when it has left", () => {
    const sim = new Simulation({ slots: 4 });
    sim.startReady(24);
    for (const id of sim.alive.slice(1, 22)) sim.die(id);
    expect(sim.state.degradedSince).not.toBeNull();
    sim.pass(0);
    const before = sim.of("spawn").length;
    sim.say("sup.1", { type: "leaving", running: 0, why });
    expect(sim.of("spawn")).toHaveLength(before);
    leave(sim, "sup.1");
    expect(sim.of("spawn")).toHaveLength(before + 1);
  });
});
