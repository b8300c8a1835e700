import { expect, it } from "vitest";
import type { ResolvedJob } from "../../../src/core/job/job.js";
import { localTime } from "../../../src/core/text/time.js";
import { explain } from "../../../src/queue/explain/explain.js";
import type { Facts } from "../../../src/queue/explain/facts.js";
import type { Culprit } from "../../../src/queue/jobs/culprits.js";
import type { WorkerStatus } from "../../../src/queue/status.js";
import { someJob } from "../../support/job.js";

const NOW = Date.UTC(2030, 0, 1);

const job = (fields: Partial<ResolvedJob> = {}): ResolvedJob =>
  someJob({ queue: "mail", runAt: NOW, createdAt: NOW, updatedAt: NOW, ...fields });

const worker = (fields: Partial<WorkerStatus> = {}): WorkerStatus => ({
  id: "w.1",
  pool: "main",
  host: "here",
  pid: 11,
  state: "idle",
  jobs: [],
  progress: [],
  slots: 1,
  program: null,
  queues: null,
  heartbeatAgeMs: 0,
  restarts: 0,
  uptimeMs: 1000,
  ...fields,
});

const supervisor = (state: Facts["supervisor"]["state"]): Facts["supervisor"] =>
  state === "stopped"
    ? { running: false, pid: null, uptimeMs: null, state }
    : { running: true, pid: 10, uptimeMs: 1000, state };

const facts = (fields: Partial<Facts> = {}): Facts => ({
  job: job(),
  now: NOW,
  pid: null,
  cancelRequested: false,
  queuePaused: false,
  supervisor: supervisor("running"),
  pools: ["main"],
  workers: [worker()],
  ahead: 0,
  diskShortage: null,
  hold: null,
  waitsFor: [],
  culprits: [],
  timedOut: false,
  timeoutFrom: "default",
  queueConcurrency: null,
  keptDead: null,
  ...fields,
});

const culprit = (fields: Partial<Culprit> = {}): Culprit => ({
  ...{ id: "test", when: "ok", state: "dead", lastError: "exited with code 1", through: "test" },
  ...fields,
});
const timedOut = job({ state: "dead", attempts: 3, finishedAt: NOW, lastError: "timed out after 300 s" });

const waitingForRetry = job({ state: "failed", attempts: 1, runAt: NOW + 2000, lastError: "exited with code 1" });
const runs = job({ state: "processing", attempts: 2, startedAt: NOW - 60_000, workerId: "w.1" });
const busy = (...jobs: string[]) => worker({ state: "busy", jobs, slots: jobs.length });
const at = (ms: number) => localTime(NOW + ms);

it.each<[string, Partial<Facts>, Record<string, string>]>([
  ["due", {}, { due: "it is due and nothing is in its way: a worker will take it any moment" }],
  ["scheduled", { job: job({ runAt: NOW + 7_200_000 }) }, { scheduled: `it is scheduled for ${at(7_200_000)}, in 2h` }],
  [
    "waits for its retry",
    { job: waitingForRetry },
    { waiting_for_retry: `attempt 1 of 3 failed (exited with code 1); the next one is at ${at(2000)}, in 2.0s` },
  ],
  [
    "its retry is due",
    { job: { ...waitingForRetry, runAt: NOW } },
    { retry_due: "attempt 1 of 3 failed (exited with code 1); the next one is due" },
  ],
  [
    "blocked",
    {
      job: job({ state: "blocked" }),
      waitsFor: [{ parent: "p", when: "ok", status: "waiting", state: "processing" }],
    },
    { blocked: "it waits until job p (processing) completes" },
  ],
  [
    "held",
    { job: job({ state: "blocked" }), waitsFor: [{ parent: "p", when: "fail", status: "unmet", state: "completed" }] },
    { blocked: "it runs only if job p fails, which can no longer happen" },
  ],
  [
    "held for one that is gone, and scheduled",
    {
      job: job({ state: "blocked", runAt: NOW + 7_200_000 }),
      waitsFor: [{ parent: "p", when: "ok", status: "unmet", state: null }],
    },
    {
      blocked: "it runs only if job p completes, which can no longer happen: it was deleted",
      scheduled: `it is scheduled for ${at(7_200_000)}, in 2h`,
    },
  ],
  [
    "held for one whose id another job has now",
    {
      job: job({ state: "blocked", runAt: NOW }),
      waitsFor: [{ parent: "p", when: "ok", status: "unmet", state: "pending" }],
    },
    { blocked: "it runs only if job p completes, which can no longer happen: another job has that id now" },
  ],
  [
    "dead before its attempts were used up, by its deadline",
    {
      job: job({
        state: "dead",
        attempts: 2,
        maxRetries: 5,
        exitCode: 1,
        deadlineAt: NOW + 1,
        finishedAt: NOW,
        lastError: "x",
      }),
    },
    { dead: "it is dead: its deadline left no time for another attempt, 0ms ago: x" },
  ],
  [
    "dead before its attempts were used up, by its exit code",
    {
      job: job({
        ...{ state: "dead", attempts: 1, maxRetries: 5, exitCode: 2, finishedAt: NOW, lastError: "x" },
        options: { retry: { noRetryOn: [2] } },
      }),
    },
    { dead: "it is dead: its rules make exit code 2 final, 0ms ago: x" },
  ],
  [
    "kept dead",
    {
      job: job({ state: "dead", finishedAt: NOW - 2000, uniqueKey: "k", lastError: "it was to run after job p" }),
      keptDead: { holder: "x" },
    },
    {
      dead: 'it is dead: 2.0s ago: it was to run after job p; that was retried, but job x has the unique key "k"',
    },
  ],
  ["paused", { queuePaused: true }, { queue_paused: "queue mail is paused" }],
  [
    "no supervisor, and whatever workers were left say nothing",
    { supervisor: supervisor("stopped"), workers: [worker({ state: "dead" })] },
    { no_supervisor: "no supervisor is running" },
  ],
  [
    "the supervisor starts",
    { supervisor: supervisor("starting") },
    { supervisor_starting: "the supervisor (pid 10) is just starting" },
  ],
  [
    "the supervisor stops",
    { supervisor: supervisor("draining"), workers: [worker({ state: "draining" })] },
    { supervisor_stopping: "the supervisor (pid 10) is stopping, so its workers take no more jobs" },
  ],
  [
    "workers keep dying",
    { supervisor: supervisor("degraded"), workers: [] },
    { supervisor_degraded: expect.stringContaining("is degraded"), no_worker: "no worker is alive" },
  ],
  [
    "the only worker is leaving",
    { workers: [worker({ state: "draining", jobs: ["a"] })] },
    { no_worker: "the only worker is leaving and takes no more jobs; still running: a" },
  ],
  [
    "a worker that leaves still runs jobs in slots of the one that follows it",
    {
      workers: [worker({ state: "draining", jobs: ["a"], slots: 2 }), worker({ state: "busy", jobs: ["b"], slots: 2 })],
    },
    { slots_busy: "all 2 slots are busy with b, a" },
  ],
  ["workers are dead", { workers: [worker({ state: "dead" })] }, { no_worker: "no worker is alive" }],
  [
    "others are served",
    { workers: [worker({ queues: ["b", "a"] }), worker({ queues: ["a"] }), worker({ state: "dead" })] },
    { queue_not_served: "no worker serves queue mail, only a, b" },
  ],
  [
    "one of the workers serves it",
    { workers: [worker({ queues: ["a"] }), worker({ queues: ["mail"] })] },
    { due: expect.any(String) },
  ],
  ["the slot is busy", { workers: [busy("a")] }, { slots_busy: "the only slot is busy with a" }],
  [
    "all slots are busy, with jobs before it",
    { workers: [busy("a", "b"), busy("c", "d", "e", "f", "g")], ahead: 3 },
    { slots_busy: "all 7 slots are busy with a, b, c, d, e and 2 more", jobs_before: "3 due jobs come before it" },
  ],
  [
    "the slot that serves it is busy, another is idle",
    { workers: [worker({ queues: ["a"] }), { ...busy("x"), queues: ["mail"] }] },
    { slots_busy: "the only slot is busy with x" },
  ],
  [
    "one of two slots is free",
    { workers: [worker({ jobs: ["a"], slots: 2 })], ahead: 1 },
    { jobs_before: "1 due job comes before it" },
  ],
  [
    "the disk is almost full",
    { diskShortage: "only 63 MiB of disk space is free" },
    { disk_full: "only 63 MiB of disk space is free" },
  ],
  [
    "everything at once: what does not matter yet is left out",
    { job: waitingForRetry, queuePaused: true, workers: [busy("a")], ahead: 9 },
    { waiting_for_retry: expect.any(String), queue_paused: expect.any(String) },
  ],
  ["completed", { job: job({ state: "completed", finishedAt: NOW - 60_000 }) }, { completed: "it completed 1m ago" }],
  [
    "dead",
    { job: job({ state: "dead", attempts: 3, finishedAt: NOW - 60_000, lastError: "killed by SIGKILL" }) },
    { dead: "it is dead: attempt 3 of 3 was its last, 1m ago: killed by SIGKILL" },
  ],
  [
    "cancelled",
    { job: job({ state: "cancelled", finishedAt: NOW - 60_000, lastError: "cancelled: wrong input" }) },
    { cancelled: "it was cancelled 1m ago: wrong input" },
  ],
  [
    "cancelled without a reason",
    { job: job({ state: "cancelled", finishedAt: NOW - 60_000, lastError: "cancelled" }) },
    { cancelled: "it was cancelled 1m ago" },
  ],
  [
    "runs",
    { job: runs, pid: 99, workers: [busy("j")] },
    {
      processing:
        "attempt 2 of 3 has been running for 1m, as process 99, in worker w.1 (pid 11), 4m of its time are left",
    },
  ],
  [
    "runs without a limit, in a worker that is not known here",
    { job: { ...runs, timeoutMs: 0 }, workers: [] },
    { processing: "attempt 2 of 3 has been running for 1m, in worker w.1, without a time limit" },
  ],
  [
    "runs too long, and is not wanted",
    { job: { ...runs, timeoutMs: 1000 }, cancelRequested: true },
    {
      processing: expect.stringMatching(
        /its time is over, and it is being ended: its time limit is 1s, the default of job-timeout$/,
      ),
      cancelling: expect.any(String),
    },
  ],
  [
    "its worker died",
    { job: runs, workers: [worker({ state: "dead" })] },
    { worker_dead: "its worker w.1 (pid 11) is dead, and took attempt 2 with it; the supervisor takes it back" },
  ],
  [
    "its worker died, and nobody notices",
    { job: runs, workers: [worker({ state: "dead" })], supervisor: supervisor("stopped") },
    {
      worker_dead:
        "its worker w.1 (pid 11) is dead, and took attempt 2 with it; no supervisor is running that would take it back",
    },
  ],
  [
    "died of its parent",
    { job: job({ state: "dead", finishedAt: NOW - 2000 }), culprits: [culprit()] },
    { dead: "it died 2.0s ago without having run, because job test is dead: exited with code 1" },
  ],
  [
    "ran out of time",
    { job: timedOut, timedOut: true },
    {
      dead: "it is dead: attempt 3 of 3 was its last, 0ms ago: timed out after 300 s",
      time_limit: "it ran out of time: its time limit is 5m, the default of job-timeout",
    },
  ],
  [
    "waits for a retry after it ran out of time",
    { job: { ...waitingForRetry, timeoutMs: 90_000 }, timedOut: true, timeoutFrom: "job" },
    { waiting_for_retry: expect.any(String), time_limit: "it ran out of time: its time limit is 90s, its own" },
  ],
  [
    "ran into its deadline",
    { job: { ...timedOut, deadlineAt: NOW, deadlineMs: 60_000 }, timedOut: true },
    { dead: expect.any(String), time_limit: "its deadline ended its last attempt" },
  ],
])("%s", (_, known, reasons) => {
  const given = explain(facts(known));
  expect(Object.fromEntries(given.map(({ code, message }) => [code, message]))).toEqual(reasons);
  expect(given.map(({ code }) => code)).toEqual(Object.keys(reasons));
});

it.each<[string, Partial<Facts>, string]>([
  ["a paused queue", { queuePaused: true }, "queuectl queue resume mail"],
  ["no supervisor", { supervisor: supervisor("stopped") }, "queuectl worker start --detach"],
  [
    "a dead job",
    { job: job({ state: "dead" }) },
    "queuectl logs j shows what it wrote; queuectl dlq retry j runs it again",
  ],
  [
    "a job that died of its parent",
    { job: job({ state: "dead" }), culprits: [culprit()] },
    "queuectl explain test says more; queuectl retry test runs test again, and j after it",
  ],
  [
    "a job that died of parents that cannot be retried",
    { job: job({ state: "dead" }), culprits: [culprit(), culprit({ id: "p", state: null, lastError: null })] },
    "queuectl explain test says more; queuectl retry j --force runs j all the same",
  ],
  ["busy slots", { workers: [busy("a"), busy("b")] }, "queuectl worker scale 3 adds a worker"],
  [
    "busy slots of one of two pools",
    {
      pools: ["main", "post"],
      workers: [worker({ queues: ["a"] }), { ...busy("x"), pool: "post", queues: ["mail"] }],
    },
    "queuectl worker scale 2 --name post adds a worker",
  ],
  [
    "a queue that no pool serves",
    { workers: [worker({ queues: ["a"] })] },
    "queuectl worker start --detach --name mail --queue mail adds a pool that does",
  ],
  [
    "a queue that no pool serves, not even the one of its name",
    { pools: ["main", "mail"], workers: [worker({ queues: ["a"] }), worker({ pool: "mail", queues: ["b"] })] },
    "queuectl worker start --detach --name mail-2 --queue mail adds a pool that does",
  ],
  ["two pools without workers", { pools: ["gpu", "main"], workers: [] }, "queuectl worker logs --name gpu says why"],
  [
    "a dead worker of one of two pools",
    {
      job: job({ state: "processing", workerId: "w.1" }),
      pools: ["main", "gpu"],
      workers: [worker({ state: "dead", pool: "gpu" })],
    },
    "if it stays so, queuectl worker logs --name gpu shows what the supervisor waits for",
  ],
  [
    "a supervisor of a named pool that is stopping",
    { pools: ["gpu"], supervisor: supervisor("draining") },
    "when it has stopped: queuectl worker start --detach --name gpu",
  ],
  ["a job for later", { job: job({ runAt: NOW + 1000 }) }, "queuectl edit j --set delay=0 lets it run now"],
  [
    "a job that ran out of its own time",
    { job: { ...waitingForRetry, runAt: NOW }, timedOut: true, timeoutFrom: "job" },
    "queuectl edit j --set timeout=10m gives it more time",
  ],
  ["a cancelled job", { job: job({ state: "cancelled" }) }, "queuectl retry j runs it after all"],
])("says what to do about %s", (_, known, hint) => {
  expect(explain(facts(known)).flatMap((reason) => reason.hint ?? [])).toEqual([hint]);
});

it.each<[Facts["timeoutFrom"], text: string, more: string | null]>([
  ["job", "its own", null],
  ["policy", "from its policy slow", "queuectl policy set slow --timeout 10m gives it to all jobs of the policy"],
  ["default", "the default of job-timeout", "queuectl config set job-timeout 10m"],
  ["stored", "from the configuration of job-timeout", "queuectl config set job-timeout 10m"],
  ["environment", "from QUEUECTL_JOB_TIMEOUT", null],
])("says where a time limit comes from: %s", (timeoutFrom, text, more) => {
  const known = { job: { ...timedOut, options: { policy: "slow" } }, timedOut: true, timeoutFrom };
  const [first, reason] = explain(facts(known));
  expect(first?.hint).toBe("queuectl logs j shows what it wrote");
  expect(reason?.message).toBe(`it ran out of time: its time limit is 5m, ${text}`);
  const own = "queuectl edit j --set timeout=10m gives it more time, and queuectl retry j runs it again";
  expect(reason?.hint?.split("; ")).toEqual([own, ...(more === null ? [] : [expect.stringContaining(more)])]);
});

it("names the limits that are in full use", () => {
  const free = { queueFull: false, nextStartAt: null, keyFull: false };
  const codes = (hold: Facts["hold"]) =>
    explain(
      facts({ job: job({ limitKey: "disk", limit: 2 }), supervisor: supervisor("running"), workers: [worker()], hold }),
    ).map(({ code }) => code);
  expect(codes(free)).toEqual(["due"]);
  expect(codes({ ...free, queueFull: true })).toEqual(["queue_full"]);
  expect(codes({ ...free, nextStartAt: NOW + 500 })).toEqual(["queue_rate"]);
  expect(codes({ ...free, keyFull: true })).toEqual(["limit_key_full"]);
});

it.each([
  ["disk", "queuectl list --state processing --where limit_key=disk shows them"],
  [
    "https://a.example/x?y=1",
    `queuectl list --state processing --where 'limit_key="https://a.example/x?y=1"' shows them`,
  ],
  ['a "b" \\', String.raw`queuectl list --state processing --where 'limit_key="a \"b\" \\"' shows them`],
])("says who has the limit key %s", (limitKey, hint) => {
  const hold = { queueFull: false, nextStartAt: null, keyFull: true };
  const [reason] = explain(facts({ job: job({ limitKey, limit: 2 }), hold }));
  expect(reason?.hint).toBe(hint);
});

it("names the receiver that a delivery waits for", () => {
  const delivery = job({ limitKey: "_webhook:https://a.example", limit: 1 });
  const hold = { queueFull: false, nextStartAt: null, keyFull: true };
  expect(explain(facts({ job: delivery, hold }))).toEqual([
    {
      code: "limit_key_full",
      message: "another delivery to https://a.example is under way, and a receiver gets one at a time",
      hint: "queuectl list --queue _hooks --state processing shows it",
    },
  ]);
});
