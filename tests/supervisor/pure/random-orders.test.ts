/** Whatever order messages come in, some things always hold. fast-check prints the seed and the path that replay a failure. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isStopping, keptMembers, PHASES, predecessor } from "../../../supervisor/pure/state.js";
import { Simulation } from "./simulation.js";

const step = fc.oneof(
  fc.record({ do: fc.constant("ready" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("heartbeat" as const), who: fc.nat(5), running: fc.nat(2) }),
  fc.record({ do: fc.constant("leaving" as const), who: fc.nat(5), running: fc.nat(2) }),
  fc.record({ do: fc.constant("finish" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("recycle" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("die" as const), who: fc.nat(5), code: fc.constantFrom(0, 1, 75, 78) }),
  fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(0, 400, 3000, 20_000, 70_000) }),
  fc.record({
    do: fc.constant("stop" as const),
    how: fc.constantFrom("drain" as const, "graceful" as const, "immediate" as const),
  }),
  fc.record({ do: fc.constant("reclaimed" as const) }),
  fc.record({ do: fc.constant("others" as const), count: fc.nat(3) }),
  fc.record({ do: fc.constant("scale" as const), workers: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant("scale-by" as const), change: fc.constantFrom(1 as const, -1 as const) }),
  fc.record({ do: fc.constant("restart" as const) }),
);

it("never has two workers in a member nor more members than it was told, never goes back a stage, and always comes to an end", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 80 }), (count, steps) => {
      const sim = new Simulation({ graceMs: 5000, slots: 2 });
      sim.send({ type: "start", count, others: 0 });
      let stage = 0;
      let exits = 0;
      let wanted = count;
      const check = () => {
        expect(keptMembers(sim.state)).toHaveLength(wanted);
        // A member too many is there for its worker alone, who has been told to leave.
        for (const { surplus, worker } of sim.state.members) if (surplus) expect(worker?.leaving).toBe(true);
        // A restart takes one worker at a time out of those that stay.
        const leaving = keptMembers(sim.state).filter(({ worker }) => worker?.leaving);
        expect(leaving.length).toBeLessThanOrEqual(1);
        for (const member of sim.state.members) {
          const before = predecessor(sim.state, member);
          if (!before) continue;
          // One worker makes room for one other, and they share the slots.
          expect(predecessor(sim.state, before)).toBeUndefined();
          const slots = (before.worker?.running ?? 0) + (member.worker?.slots ?? 0);
          if (!isStopping(sim.state)) expect(slots).toBeLessThanOrEqual(sim.state.slots);
        }
        expect(new Set(sim.alive).size).toBe(sim.alive.length);
        expect(PHASES.indexOf(sim.state.phase)).toBeGreaterThanOrEqual(stage);
        stage = PHASES.indexOf(sim.state.phase);
        exits = sim.of("exit").length;
        expect(exits).toBeLessThanOrEqual(1);
        // Once it has said good-bye, nothing more is started.
        if (exits === 1) expect(sim.alive).toEqual([]);
      };
      for (const move of steps) {
        const spawnsBefore = sim.of("spawn").length;
        const stopping = isStopping(sim.state);
        const id = "who" in move ? sim.alive[move.who % Math.max(1, sim.alive.length)] : undefined;
        if (move.do === "pass") sim.pass(move.ms);
        else if (move.do === "stop") sim.send({ type: "stop", how: move.how });
        else if (move.do === "scale") {
          sim.send({ type: "scale", workers: move.workers });
          if (!stopping) wanted = move.workers;
        } else if (move.do === "scale-by") {
          sim.send({ type: "scale-by", change: move.change });
          if (!stopping) wanted = Math.max(1, wanted + move.change);
        } else if (move.do === "restart") sim.send({ type: "restart" });
        else if (move.do === "others") sim.send({ type: "others", count: move.count });
        else if (move.do === "reclaimed") {
          if (sim.state.reclaiming > 0) sim.send({ type: "reclaimed", interrupted: 0 });
        } else if (id) {
          if (move.do === "ready") sim.say(id, { type: "ready" });
          if (move.do === "heartbeat") sim.say(id, { type: "heartbeat", running: move.running });
          if (move.do === "leaving") sim.say(id, { type: "leaving", running: move.running, why: "it has run 9 jobs" });
          if (move.do === "finish") sim.say(id, { type: "finished", ran: 1, interrupted: 0 });
          if (move.do === "recycle") {
            const { crashes, reclaiming, degradedSince } = sim.state;
            sim.say(id, { type: "leaving", running: 1, why: "it has run 9 jobs" });
            sim.say(id, { type: "finished", ran: 9, interrupted: 0 });
            sim.die(id, { code: 0 });
            // Nobody is blamed for it.
            expect(sim.state).toMatchObject({ crashes, reclaiming, degradedSince });
          }
          if (move.do === "die") sim.die(id, { code: move.code });
        }
        if (stopping) expect(sim.of("spawn").length).toBe(spawnsBefore);
        check();
      }
      // However it stands: three requests, and everybody dead, and it is over.
      for (let n = 0; n < 3; n++) sim.send({ type: "stop", how: "graceful" });
      for (const id of sim.alive) sim.die(id);
      while (sim.state.reclaiming > 0) sim.send({ type: "reclaimed", interrupted: 0 });
      check();
      expect(sim.of("exit")).toHaveLength(1);
      // Everybody who died without a good-bye had its jobs taken back.
      expect(sim.state.reclaiming).toBe(0);
    }),
    { numRuns: 2000 },
  );
});
