/** Which jobs the end of a job enqueues, and what they are told. */
import { expect, it } from "vitest";
import { changeHooks, HOOK_EVENTS, type HookSet, hooksOf } from "../../../src/core/hook/hook.js";
import { type EndedJob, hookJobs } from "../../../src/core/hook/hook-jobs.js";
import { STATES } from "../../../src/core/job/state.js";
import { someJob } from "../../support/job.js";

const ended = (fields: Partial<EndedJob>): EndedJob => ({ ...someJob(), runs: 1, ...fields });
const made = (fields: Partial<EndedJob>, set: HookSet) => hookJobs(ended(fields), hooksOf(set), () => "new");

it("enqueues a hook in its states and in no other", () => {
  const set = { completed: "c", failed: "f", dead: "d" };
  for (const state of STATES) {
    const expected = HOOK_EVENTS.some((event) => event === state) ? [state[0]] : [];
    expect(
      made({ state }, set).map(({ command }) => command),
      state,
    ).toEqual(expected);
  }
});

it("enqueues nothing for a hook's own job", () => {
  expect(made({ state: "completed", queue: "_hooks" }, { completed: "c" })).toEqual([]);
});

it("is more urgent than the job by one, unless it has a limit key", () => {
  const [note, delivery] = made(
    { state: "dead", priority: 4, cwd: "/work" },
    changeHooks({ dead: "d" }, { webhookUrl: "http://a/b" }),
  );
  expect(note).toMatchObject({
    queue: "_hooks",
    priority: 5,
    cwd: "/work",
    limitKey: null,
    limit: null,
    maxRetries: 3,
  });
  expect(delivery).toMatchObject({ priority: 4, cwd: "/", limitKey: "_webhook:http://a", limit: 1, timeoutMs: 30_000 });
});

it("tells what happened, and an empty text of what did not", () => {
  const [quiet] = made({ state: "failed", runs: 0, attempts: 2, updatedAt: 0 }, { failed: "f" });
  expect(quiet?.env).toEqual({
    QUEUECTL_HOOK: "failed",
    QUEUECTL_HOOK_JOB_ID: someJob().id,
    QUEUECTL_HOOK_QUEUE: someJob().queue,
    QUEUECTL_HOOK_STATE: "failed",
    QUEUECTL_HOOK_ATTEMPT: "0",
    QUEUECTL_HOOK_ATTEMPTS: "2",
    QUEUECTL_HOOK_EXIT_CODE: "",
    QUEUECTL_HOOK_SIGNAL: "",
    QUEUECTL_HOOK_ERROR: "",
    QUEUECTL_HOOK_COMMAND: "true",
    QUEUECTL_HOOK_TAGS: "",
    QUEUECTL_HOOK_STARTED_AT: "",
    QUEUECTL_HOOK_FINISHED_AT: "1970-01-01T00:00:00.000Z",
  });
  const [loud] = made(
    { state: "dead", exitCode: 0, signal: "SIGKILL", startedAt: 1500, tags: ["a", "b"], command: ["x", "it's", ""] },
    { dead: "d" },
  );
  expect(loud?.env).toMatchObject({
    QUEUECTL_HOOK_EXIT_CODE: "0",
    QUEUECTL_HOOK_SIGNAL: "SIGKILL",
    QUEUECTL_HOOK_COMMAND: `x 'it'\\''s' ''`,
    QUEUECTL_HOOK_TAGS: "a,b",
    QUEUECTL_HOOK_STARTED_AT: "1970-01-01T00:00:01.500Z",
  });
});

it("cuts long values after 4096 characters, none of them in two", () => {
  for (const character of ["x", "é", "😀"]) {
    const [hook] = made({ state: "dead", lastError: character.repeat(5000) }, { dead: "d" });
    expect(hook?.env.QUEUECTL_HOOK_ERROR).toBe(character.repeat(4096));
  }
});
