/** Commands that behave badly, through the whole program: each gets the outcome it deserves, and harms nobody. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
});
afterEach(() => box.dispose());

const SIGNALS = [
  "HUP",
  "INT",
  "QUIT",
  "ILL",
  "ABRT",
  "BUS",
  "FPE",
  "KILL",
  "USR1",
  "SEGV",
  "USR2",
  "PIPE",
  "ALRM",
  "TERM",
];

/** Name, command, how it must end, and more of the job. */
const ZOO: readonly (readonly [string, string, { outcome: string; signal?: string }, { timeoutMs?: number }?])[] = [
  ["ignores-term", "trap '' TERM; sleep 1000 & wait; sleep 1000", { outcome: "timed-out" }, { timeoutMs: 200 }],
  ["kills-its-group", "kill 0; sleep 1000", { outcome: "killed", signal: "SIGTERM" }],
  ["kills-its-launcher", "kill -9 $PPID; sleep 1000", { outcome: "killed", signal: "SIGKILL" }],
  ["leaves-its-session", "setsid sleep 1000 & wait", { outcome: "timed-out" }, { timeoutMs: 200 }],
  ["is-a-daemon", "(setsid sh -c 'sleep 1000 & exit 0' &); sleep 1000", { outcome: "timed-out" }, { timeoutMs: 200 }],
  ["holds-stdout", "sleep 1000 & echo done", { outcome: "succeeded" }],
  ["traps-exit", "trap 'kill 0' EXIT; exit 0", { outcome: "killed", signal: "SIGTERM" }],
  ["writes-much", "head -c 3000000 /dev/zero", { outcome: "succeeded" }],
  ["forks-200", "i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done", { outcome: "succeeded" }],
  ...SIGNALS.map((signal) => [`dies-of-${signal}`, `kill -${signal} $$`, deathBy(signal)] as const),
];

/** Of 130 and 141 a shell does not say whether a signal ended the command or the command chose the code. */
function deathBy(signal: string) {
  return ["INT", "PIPE"].includes(signal) ? { outcome: "failed" } : { outcome: "killed", signal: `SIG${signal}` };
}

describe("the zoo", () => {
  it("ends as it should, and leaves the workers alive and nothing else", { timeout: 90_000 }, async () => {
    box.env.QUEUECTL_OUTPUT_LIMIT = "64K";
    await box.supervisor("--count", "2", "--concurrency", "2");
    const workers = box.processes("worker");
    for (const [name, command, , more] of ZOO) await box.enqueue(name, command, { maxRetries: 1, ...more });
    await box.enqueue("neighbour", "true");
    await box.idle();
    for (const [name, , expected] of ZOO) {
      const { attempts } = await box.history(name);
      const [{ outcome, signal }] = attempts as [(typeof attempts)[number]];
      expect({ name, outcome, ...(signal === null ? {} : { signal }) }).toEqual({ name, ...expected });
    }
    // Its file is cut while it writes. What it writes in the moment of the cut is neither kept nor counted.
    const bytes = (await box.history("writes-much")).attempts[0]?.stdoutBytes ?? 0;
    expect(bytes).toBeGreaterThan(64 * 1024);
    expect(bytes).toBeLessThanOrEqual(3_000_000);
    await waitFor("nothing of the jobs to be left", () => box.processes("job").length === 0);
    expect(box.processes("worker")).toEqual(workers);
    expect(await box.verdict()).toEqual([]);
  });
});

describe("a job that kills its worker every time", () => {
  it("is dead after exactly max_retries attempts, and its neighbours finish (I11)", { timeout: 90_000 }, async () => {
    await box.supervisor("--count", "2");
    const poison = "kill -9 $(ps -o ppid= -p $PPID); sleep 1000";
    await box.enqueue("poison", poison, { maxRetries: 3 });
    for (let n = 0; n < 20; n++) await box.enqueue(`n${n}`, "sleep 0.1", { maxRetries: 3 });
    await box.idle();
    expect((await box.history("poison")).attempts.map(({ outcome }) => outcome)).toEqual(["lost", "lost", "lost"]);
    expect(box.witness.filter(({ kind, job }) => kind === "S" && job === "poison")).toHaveLength(3);
    for (let n = 0; n < 20; n++) expect((await box.history(`n${n}`)).job.state).toBe("completed");
    expect(await box.verdict()).toEqual([]);
  });
});
