/** The checker itself: each promise, broken in forged evidence, must be noticed, and nothing else. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Attempt, Job } from "../../src/core/job/job.js";
import type { StoredDependency } from "../../src/store/contract/store.js";
import { waitFor } from "../support/wait-for.js";
import { type Evidence, type History, stackTraces, violations } from "./invariants.js";
import { type Sighting, stillLocked, witnessed } from "./witness.js";

interface Known extends History {
  readonly attempts: [Attempt, Attempt];
  readonly dependencies: StoredDependency[];
}

/** A job that was lost once and then succeeded, as its two runs saw it. */
function sound(): Evidence & { histories: [Known]; witness: Sighting[] } {
  const attempt = (n: number, outcome: Attempt["outcome"]): Attempt => ({
    jobId: "j",
    attempt: n,
    fence: n + 10,
    outcome,
    exitCode: outcome === "succeeded" ? 0 : null,
    signal: null,
    error: null,
    result: null,
    workerId: "w",
    pid: n,
    startedAt: n * 100,
    finishedAt: n * 100 + 50,
    stdoutBytes: 0,
    stderrBytes: 0,
  });
  const job = { id: "j", state: "completed", attempts: 2, maxRetries: 3, fence: 12, exitCode: 0 } as Job;
  const sighting = (kind: Sighting["kind"], n: number): Sighting => ({
    kind,
    job: "j",
    attempt: n,
    fence: n + 10,
    pid: n,
  });
  return {
    acknowledged: ["j"],
    histories: [{ job, attempts: [attempt(1, "lost"), attempt(2, "succeeded")], dependencies: [] }],
    witness: [sighting("S", 1), sighting("S", 2), sighting("E", 2)],
    maxRetries: 3,
  };
}

type Forged = ReturnType<typeof sound>;
const first = ({ histories: [{ attempts }] }: Forged) => attempts[0] as { -readonly [K in keyof Attempt]: Attempt[K] };
const second = ({ histories: [{ attempts }] }: Forged) => attempts[1] as { -readonly [K in keyof Attempt]: Attempt[K] };
const job = ({ histories: [history] }: Forged) => history.job as { -readonly [K in keyof Job]: Job[K] };

it("finds nothing wrong with what is right", () => {
  expect(violations(sound())).toEqual([]);
});

const FORGERIES: readonly (readonly [rule: string, what: string, (evidence: Forged) => unknown])[] = [
  ["I1", "a job that was acknowledged is gone", (evidence) => (evidence.acknowledged as string[]).push("k")],
  ["I1", "a job has not ended", (evidence) => Object.assign(job(evidence), { state: "pending" })],
  ["I2", "a job succeeded twice", (evidence) => Object.assign(first(evidence), { outcome: "succeeded" })],
  ["I2", "a job is dead though it succeeded", (evidence) => Object.assign(job(evidence), { state: "dead" })],
  ["I3", "a job had too many attempts", (evidence) => Object.assign(job(evidence), { maxRetries: 1 })],
  ["I3", "an attempt was not charged", (evidence) => Object.assign(job(evidence), { attempts: 1 })],
  ["I4", "an attempt has no outcome", (evidence) => Object.assign(first(evidence), { outcome: null })],
  ["I4", "a run is in no record", (evidence) => Object.assign(first(evidence), { fence: 1 })],
  [
    "I5",
    "two runs overlapped",
    (evidence) => evidence.witness.push({ ...(evidence.witness[1] as Sighting), kind: "O" }),
  ],
  [
    "I5",
    "an old run went on",
    (evidence) => evidence.witness.push({ ...(evidence.witness[0] as Sighting), kind: "E" }),
  ],
  ["I5", "a lease was used twice", (evidence) => evidence.witness.push(evidence.witness[1] as Sighting)],
  ["I6", "a success that nobody saw", (evidence) => evidence.witness.pop()],
  ["I7", "a stale result was recorded", (evidence) => Object.assign(first(evidence), { finishedAt: 1000 })],
  ["I7", "a fence went back", (evidence) => Object.assign(second(evidence), { fence: 3 })],
  [
    "I13",
    "a limit was exceeded",
    (evidence) => evidence.witness.splice(1, 0, { ...(evidence.witness[1] as Sighting), kind: "L" }),
  ],
  [
    "I14",
    "a job ran before its parent",
    ({ histories: [{ dependencies }] }) =>
      dependencies.push({ parent: "p", when: "ok", status: "met", state: "completed" }),
  ],
  ["I7", "the exit code is another attempt's", (evidence) => Object.assign(job(evidence), { exitCode: 7 })],
];

it.each(FORGERIES)("notices by %s that %s", (rule, _, forge) => {
  const evidence = sound();
  forge(evidence);
  expect(violations(evidence).some((line) => line.startsWith(`${rule}: `))).toBe(true);
});

it("tells a stack that a user is shown from one in a log line (I12)", () => {
  expect(stackTraces(['{"stack":"Error\\n    at x (a.js:1:1)"}\n', "queuectl: no job\n"])).toEqual([]);
  expect(stackTraces(["Error: x\n    at y (file:///a.js:1:1)\n"])).toHaveLength(1);
});

it("sees that a chain of forks outlives its job (I8)", async () => {
  const folder = mkdtempSync(join(tmpdir(), "queuectl-witness-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [witness, stop, link] = [join(folder, "witness"), join(folder, "stop"), join(folder, "link")];
  writeFileSync(link, `[ -e ${stop} ] || /bin/sh ${link} &`);
  const run = (id: string, body: string) =>
    execFileSync("/bin/sh", ["-c", witnessed(witness, body)], { env: { ...process.env, QUEUECTL_JOB_ID: id } });
  run("j0", "true");
  run("e1", `setsid env -i /bin/sh ${link} >/dev/null 2>&1 & wait`);
  expect(existsSync(`${witness}.j0`)).toBe(true);
  for (let look = 0; look < 20; look++) expect(stillLocked(witness)).toEqual(["e1"]);
  writeFileSync(stop, "");
  await waitFor("the chain's end", () => stillLocked(witness).length === 0);
});
