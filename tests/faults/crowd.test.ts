/** Many at once: starts that race for one name, and processes that all want the database. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";
import { processesOf, type Role } from "./processes.js";
import { Choices, LONG } from "./random.js";
import { witnessed } from "./witness.js";

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
});
afterEach(() => box.dispose());

it("of 20 starts of one name at once exactly one wins, and the others say so with 6", { timeout: 90_000 }, async () => {
  const starts = Array.from({ length: 20 }, () => box.start(["worker", "start", "--name", "main"]));
  const over = () => starts.filter(({ child }) => child.exitCode !== null);
  await waitFor("19 to give up", () => over().length >= 19, 60_000);
  expect(over().map(({ child }) => child.exitCode)).toEqual(Array(19).fill(6));
  const [winner] = starts.filter(({ child }) => child.exitCode === null);
  await waitFor("the winner to be ready", () => winner?.stdout.includes("started"));
  await box.enqueue("j", "true");
  await box.idle();
  await box.ok("worker", "stop");
  expect(await winner?.exited).toBe(0);
  expect(await box.verdict()).toEqual([]);
});

it("of two starts of one name at once on a new home exactly one wins, however often", {
  timeout: 600_000,
}, async () => {
  for (let round = 0; round < (LONG ? 100 : 8); round++) {
    const pair = new FaultBox();
    try {
      const starts = ["a", "b"].map(() => pair.start(["worker", "start", "--name", "main"]));
      const [loser] = await waitFor("one to give up", () => {
        const over = starts.filter(({ child }) => child.exitCode !== null);
        return over.length > 0 && over;
      });
      const winner = starts.find((start) => start !== loser);
      expect(loser?.child.exitCode).toBe(6);
      await waitFor("the other to be ready", () => winner?.stdout.includes("started"));
      expect(loser?.stderr).toContain(`(pid ${winner?.pid})`);
    } finally {
      await pair.dispose();
    }
  }
});

it.runIf(LONG)(
  "20 homes take 50 starts and stops at once, and each then runs once or not at all",
  async () => {
    const choices = new Choices("tests/faults/crowd.test.ts");
    const homes = Array.from({ length: 20 }, (_, index) => box.file(`home-${index}`));
    const own = box.env.QUEUECTL_HOME;
    const at = (home: string): FaultBox => {
      box.env.QUEUECTL_HOME = home;
      return box;
    };
    try {
      const calls = Array.from({ length: 50 }, () => {
        const stops = choices.below(3) === 0;
        const words = stops ? ["stop", "--timeout", "200s"] : ["start", "--detach"];
        const call = at(choices.pick(homes) ?? "").start(["worker", ...words]);
        return { call, allowed: stops ? [0, 5] : [0, 6] };
      });
      for (const { call, allowed } of calls) {
        const { code, stderr } = await call.ended;
        expect(allowed, stderr).toContain(code);
      }
      for (const home of homes) {
        const count = (role: Role) => processesOf(home).filter((member) => member.role === role).length;
        await waitFor("the home to rest", () => count("supervisor") === count("keeper") && count("supervisor") <= 1);
        if (count("supervisor") === 0) continue;
        await at(home).ok("enqueue", "--id", "j", "--command", "true");
        await at(home).ok("wait", "j");
      }
    } finally {
      for (const home of homes) await at(home).run(["worker", "stop", "--force"]);
      box.env.QUEUECTL_HOME = own;
    }
    expect(homes.flatMap((home) => processesOf(home))).toEqual([]);
  },
  600_000,
);

it("8 enqueuers, 4 workers and a reader never hear that the database is busy", {
  timeout: LONG ? 1_200_000 : 300_000,
}, async () => {
  const each = LONG ? 100 : 6;
  await box.supervisor("--count", "4");
  let enqueuing = true;
  const reader = (async () => {
    for (let reads = 0; ; reads++) {
      if (!enqueuing && reads > 0) return reads;
      await box.json("status");
      await box.json("list");
    }
  })();
  const enqueuers = Array.from({ length: 8 }, async (_, shell) => {
    for (let n = 0; n < each; n++) {
      const id = `${shell}-${n}`;
      const { code, stderr } = await box.run(["enqueue", "--id", id, "--command", witnessed(box.witnessFile, "true")]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      box.acknowledge(id);
    }
  });
  await Promise.all(enqueuers).finally(() => {
    enqueuing = false;
  });
  expect(await reader).toBeGreaterThan(0);
  await box.idle();
  expect(await box.verdict()).toEqual([]);
  expect(box.witness.filter(({ kind }) => kind === "E")).toHaveLength(8 * each);
});
