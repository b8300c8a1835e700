import { describe, expect, test } from "vitest";
import { killStrays } from "../../src/exec/processes/strays.js";
import { processEntry } from "../../src/system/process/table.js";
import { waitFor } from "../support/wait-for.js";
import { bench, SHELLS } from "./bench.js";

const cancelled = { kind: "cancelled", reason: "by hand" } as const;
const interrupted = { kind: "interrupted" } as const;
/** Longer than any of these tests may take: nothing here may depend on it running out. */
const HOUR_MS = 3_600_000;

describe.each(SHELLS)("launched by %s, a command that is stopped", (shell) => {
  test("gets TERM, may clean up, and has the cause for its outcome", async () => {
    const b = bench();
    const execution = b
      .launcher({ shell })
      .run(b.request("trap 'sleep 0.1; echo bye; exit 0' TERM; echo up; sleep 60 & wait"));
    await waitFor("the trap", () => b.read("out") === "up\n");
    execution.stop(cancelled, HOUR_MS);
    expect(await execution.ended).toEqual(cancelled);
    expect(b.read("out")).toBe("up\nbye\n");
    expect(b.leftovers()).toEqual([]);
  });

  test("gets KILL when the grace is over", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const execution = launcher.run(b.request("trap '' TERM; echo up; sleep 60 & wait; sleep 60"));
    await waitFor("the trap", () => b.read("out"));
    execution.stop(cancelled, 50);
    expect(await execution.ended).toEqual(cancelled);
    expect(b.leftovers()).toEqual([]);
    expect(await b.run(launcher, "true")).toEqual({ kind: "succeeded" });
  });

  test("has the first cause for its outcome, and the shortest grace", async () => {
    const b = bench();
    const execution = b.launcher({ shell }).run(b.request("trap '' TERM; echo up; sleep 60"));
    await waitFor("the trap", () => b.read("out"));
    execution.stop(cancelled, HOUR_MS);
    execution.stop(interrupted, 0);
    execution.stop(interrupted, HOUR_MS);
    expect(await execution.ended).toEqual(cancelled);
  });

  test("before it has begun does not get away", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const polite = launcher.run(b.request("sleep 60"));
    polite.stop(cancelled, HOUR_MS);
    expect(await polite.ended).toEqual(cancelled);
    const rude = launcher.run(b.request("trap '' TERM; sleep 60"));
    rude.stop(interrupted, 0);
    expect(await rude.ended).toEqual(interrupted);
    expect(b.leftovers()).toEqual([]);
  });

  test("takes its daemons along", async () => {
    const b = bench();
    const daemon = 'setsid sh -c \'setsid sh -c "echo up; trap \\"\\" TERM; while :; do sleep 60; done" & exit 0\'';
    const execution = b.launcher({ shell }).run(b.request(`${daemon}; exec sleep 60`));
    await waitFor("the daemon", () => b.read("out"));
    execution.stop(cancelled, 0);
    expect(await execution.ended).toEqual(cancelled);
    expect(b.leftovers()).toEqual([]);
  });

  test("takes children along that left its group and hide their origin", async () => {
    const b = bench();
    const execution = b.launcher({ shell }).run(b.request("setsid env -i sleep 61 & echo $! > child; echo up; wait"));
    await waitFor("the child", () => b.read("out"));
    const child = Number(b.read("child"));
    execution.stop(cancelled, HOUR_MS);
    expect(await execution.ended).toEqual(cancelled);
    expect(processEntry(child)).toBeNull();
  });

  test("hears of it even if it has stopped everything", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const execution = launcher.run(b.request("echo up; kill -STOP 0; sleep 60"));
    await waitFor("the command", () => b.read("out"));
    execution.stop(cancelled, HOUR_MS);
    expect(await execution.ended).toEqual(cancelled);
    expect(await b.run(launcher, "true")).toEqual({ kind: "succeeded" });
  });

  test("after it ended keeps the outcome it had", async () => {
    const b = bench();
    const execution = b.launcher({ shell }).run(b.request("exit 3"));
    await execution.ended;
    execution.stop(cancelled, 0);
    expect(await execution.ended).toEqual({ kind: "failed", exitCode: 3 });
  });
});

describe("a timeout", () => {
  test("is the outcome, even of a command that exits with 0 when told", async () => {
    const b = bench();
    const outcome = await b.run(b.launcher(), "trap 'exit 0' TERM; sleep 60 & wait", { timeoutMs: 200 });
    expect(outcome).toEqual({ kind: "timed-out", timeoutMs: 200 });
    expect(b.leftovers()).toEqual([]);
  });

  test("becomes a KILL for a command that does not listen", async () => {
    const b = bench();
    const launcher = b.launcher({ killGraceMs: 100 });
    expect(await b.run(launcher, "trap '' TERM; while :; do sleep 60; done", { timeoutMs: 200 })).toMatchObject({
      kind: "timed-out",
    });
    expect(b.leftovers()).toEqual([]);
  });

  test("of more than Node's timers can hold does not come at once", async () => {
    const b = bench();
    expect(await b.run(b.launcher(), "sleep 0.05", { timeoutMs: 2 ** 40 })).toEqual({ kind: "succeeded" });
  });
});

describe("what a command leaves in its group", () => {
  test("is gone when the command failed, even if it ignores TERM", async () => {
    const b = bench();
    const launcher = b.launcher({ killGraceMs: 100 });
    const leave = "(trap '' TERM; echo up > up; while :; do sleep 60; done) & while [ ! -e up ]; do :; done; exit 1";
    expect(await b.run(launcher, leave)).toEqual({ kind: "failed", exitCode: 1 });
    expect(b.leftovers()).toEqual([]);
    expect(await b.run(launcher, "true")).toEqual({ kind: "succeeded" });
  });

  test("gets TERM when the command succeeded", async () => {
    const b = bench();
    expect(await b.run(b.launcher(), "sleep 60 & exit 0")).toEqual({ kind: "succeeded" });
    await waitFor("the end of what was left", () => b.leftovers().length === 0);
  });
});

test("a command that failed leaves no daemon to meet its next attempt", async () => {
  const b = bench();
  const daemon = "setsid sh -c 'echo up > up; while :; do sleep 60; done' & while [ ! -e up ]; do :; done; exit 3";
  expect(await b.run(b.launcher(), daemon)).toEqual({ kind: "failed", exitCode: 3 });
  expect(b.leftovers()).toEqual([]);
});

test("strays are killed from anywhere, for a worker that is dead", async () => {
  const b = bench();
  const daemon =
    "setsid sh -c 'trap \"\" TERM; echo up > up; while :; do sleep 60; done' & while [ ! -e up ]; do :; done";
  expect(await b.run(b.launcher(), daemon)).toEqual({ kind: "succeeded" });
  expect(b.leftovers()).not.toEqual([]);
  expect(await killStrays(b.marker)).toBe(true);
  expect(b.leftovers()).toEqual([]);
});
