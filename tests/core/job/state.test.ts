import { describe, expect, it } from "vitest";
import {
  allows,
  isTerminal,
  type JobEvent,
  STATES,
  TERMINAL_STATES,
  TRANSITIONS,
} from "../../../src/core/job/state.js";

const EVENTS = Object.keys(TRANSITIONS) as JobEvent[];

describe("the table of transitions", () => {
  it("speaks only of states that there are", () => {
    for (const event of EVENTS) {
      expect(STATES).toContain(TRANSITIONS[event].to);
      for (const state of TRANSITIONS[event].from) expect(STATES).toContain(state);
    }
  });

  it("leads out of every state, out of an ended one only by reviving", () => {
    for (const state of STATES) {
      const events = EVENTS.filter((event) => allows(event, state));
      expect(events, state).not.toEqual([]);
      if (isTerminal(state)) expect(events).toEqual(["revive"]);
    }
  });

  it("leads into every state but blocked, where a job can only begin", () => {
    const reached = new Set(EVENTS.map((event) => TRANSITIONS[event].to as string));
    expect(STATES.filter((state) => !reached.has(state))).toEqual(["blocked"]);
  });

  it("lets only an attempt's end lead into completed and dead from processing", () => {
    const into = (state: string) => EVENTS.filter((event) => TRANSITIONS[event].to === state);
    expect(into("completed")).toEqual(["complete"]);
    expect(into("dead")).toEqual(["bury"]);
    expect([...TERMINAL_STATES].sort()).toEqual(["cancelled", "completed", "dead"]);
  });
});
