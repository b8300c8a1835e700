/** Hooks become jobs in the transaction that changes the state, whoever makes the change. */
import { expect, it } from "vitest";
import { changeHooks, type Hook, type HookSet, hooksOf } from "../../../src/core/hook/hook.js";
import type { Store } from "../../../src/store/contract/store.js";
import {
  BURY,
  COMPLETE,
  cancelJob,
  claim,
  get,
  insert,
  insertGraph,
  newJob,
  processing,
  RELEASE,
  retryAfter,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

const asked = (set: HookSet) => ({ options: { hooks: hooksOf(set) } });
const hookJobs = (store: Store) => store.jobs.list({ queue: "_hooks" });
const commands = async (store: Store) => (await hookJobs(store)).map(({ command }) => command).sort();

export function hookCases(current: Current): void {
  const each = (name: string, act: (store: Store) => Promise<void>) => it(name, () => act(current().store));

  each("run the hook of the state, and no other", async (store) => {
    const all = asked({ completed: "c", failed: "f", dead: "d" });
    await settle(store, await processing(store, { id: "a", ...all }), COMPLETE);
    expect(await commands(store)).toEqual(["c"]);
    await settle(store, (await claim(store))[0] as never, COMPLETE);
    const failing = await processing(store, { id: "b", ...all });
    await settle(store, failing, retryAfter(0), { kind: "failed", exitCode: 4 });
    expect(await commands(store)).toEqual(["c", "f"]);
    const again = (await claim(store, { queues: ["default"] }))[0] as never;
    await settle(store, again, BURY, { kind: "killed", signal: "SIGKILL" });
    expect(await commands(store)).toEqual(["c", "d", "f"]);
  });

  each("tell the hook what happened in its environment, as texts that are not too long", async (store) => {
    const long = "x".repeat(9000);
    const job = await processing(store, {
      id: "a",
      command: ["run", "it's", long],
      cwd: "/tmp",
      env: { SECRET: "1" },
      tags: ["t", "u"],
      priority: 7,
      ...asked({ dead: ["notify", "me"] }),
    });
    await settle(store, job, BURY, { kind: "not-started", message: long, transient: false });
    const [hook] = await hookJobs(store);
    const { finishedAt } = await get(store, "a");
    expect(hook).toMatchObject({
      ...{
        command: ["notify", "me"],
        state: "pending",
        cwd: "/tmp",
        priority: 8,
        maxRetries: 3,
        tags: [],
        options: {},
      },
      env: {
        QUEUECTL_HOOK: "dead",
        QUEUECTL_HOOK_JOB_ID: "a",
        QUEUECTL_HOOK_QUEUE: "default",
        QUEUECTL_HOOK_STATE: "dead",
        QUEUECTL_HOOK_ATTEMPT: "1",
        QUEUECTL_HOOK_ATTEMPTS: "1",
        QUEUECTL_HOOK_EXIT_CODE: "",
        QUEUECTL_HOOK_SIGNAL: "",
        QUEUECTL_HOOK_TAGS: "t,u",
        QUEUECTL_HOOK_FINISHED_AT: new Date(finishedAt as number).toISOString(),
      },
    });
    expect(hook?.id).toMatch(/^[a-z0-9]{12}$/);
    expect(hook?.env.QUEUECTL_HOOK_COMMAND?.slice(0, 17)).toBe(`run 'it'\\''s' xxx`);
    expect(hook?.env.QUEUECTL_HOOK_COMMAND).toHaveLength(4096);
    expect(hook?.env.QUEUECTL_HOOK_ERROR).toHaveLength(4096);
    expect(hook?.env).not.toHaveProperty("SECRET");
  });

  each("run those of the job and those of its queue", async (store) => {
    await store.hooks.change("mail", { dead: "queue's", webhookUrl: "http://h/" }, "s3cret");
    await settle(store, await processing(store, { queue: "mail", ...asked({ dead: "job's" }) }), BURY);
    expect(await commands(store)).toEqual(["job's", ["queuectl", "webhook", "deliver"], "queue's"].sort());
    const webhook = (await hookJobs(store)).find(({ command }) => Array.isArray(command));
    expect(webhook).toMatchObject({ maxRetries: 8, cwd: "/", options: { retry: { noRetryOn: [76] } } });
    expect(webhook?.env.QUEUECTL_HOOK_URL).toBe("http://h/");
    expect(JSON.stringify(await hookJobs(store))).not.toContain("s3cret");
  });

  each("deliver to a receiver one at a time, and not before work that is as urgent", async (store) => {
    const to = (webhookUrl: string) => ({ priority: 3, ...asked(changeHooks({}, { webhookUrl })) });
    const urls = ["http://a/1", "http://a:80/2", "https://a/3", "http://b:8080/"];
    await insert(store, ...urls.map(to));
    for (const job of await claim(store, { limit: 4 })) await settle(store, job, COMPLETE);
    const deliveries = await hookJobs(store);
    expect(deliveries.map(({ limitKey }) => limitKey).sort()).toEqual(
      ["_webhook:http://a", "_webhook:http://a", "_webhook:http://b:8080", "_webhook:https://a"].sort(),
    );
    for (const delivery of deliveries) expect(delivery).toMatchObject({ priority: 3, limit: 1, timeoutMs: 30_000 });
    const first = await claim(store, { limit: 9 });
    expect(new Set(first.map(({ limitKey }) => limitKey)).size).toBe(3);
    expect(first).toHaveLength(3);
    for (const job of first) await settle(store, job, BURY, { kind: "failed", exitCode: 1 });
    expect(await claim(store, { limit: 9 })).toHaveLength(1);
  });

  each("have no hooks themselves", async (store) => {
    await store.hooks.change("_hooks", { completed: "again" });
    await settle(store, await processing(store, asked({ completed: "once" })), COMPLETE);
    await settle(store, (await claim(store))[0] as never, COMPLETE);
    expect(await commands(store)).toEqual(["once"]);
  });

  each(
    "run for a job that dies because of another one, and not for one that is given back or cancelled",
    async (store) => {
      const hooks: readonly Hook[] = hooksOf({ dead: "d", completed: "c", failed: "f" });
      const parent = await processing(store, { id: "parent" });
      await insert(store, { id: "other", options: { hooks } });
      await cancelJob(store, "other");
      await store.jobs.insert([[newJob({ id: "child", options: { hooks } })]], {
        edges: async () => [{ child: "child", parent: "parent", when: "ok", position: 0 }],
      });
      await settle(store, parent, RELEASE, { kind: "interrupted" });
      expect(await commands(store)).toEqual([]);
      await settle(store, (await claim(store))[0] as never, BURY, { kind: "failed", exitCode: 1 });
      expect(await get(store, "child")).toMatchObject({ state: "dead" });
      const [hook] = await hookJobs(store);
      expect(hook?.env).toMatchObject({ QUEUECTL_HOOK_JOB_ID: "child", QUEUECTL_HOOK_ATTEMPT: "0" });
      expect(hook?.env.QUEUECTL_HOOK_ERROR).toContain("parent");
    },
  );

  each("of a queue run for its job that dies because of another one", async (store) => {
    await store.hooks.change("mail", { dead: "queue's" });
    const parent = await processing(store, { id: "parent" });
    await insertGraph(store, { queue: "mail", after: [{ job: "parent", when: "ok" }] });
    await settle(store, parent, BURY, { kind: "failed", exitCode: 1 });
    expect(await commands(store)).toEqual(["queue's"]);
  });

  each("do not run for an attempt that was no longer held", async (store) => {
    const job = await processing(store, asked({ completed: "c" }));
    expect(await settle(store, { ...job, fence: job.fence + 1 }, COMPLETE)).toBe(false);
    expect(await commands(store)).toEqual([]);
  });

  each("of a queue change one by one, and nothing changes if something is wrong", async (store) => {
    const { hooks } = store;
    expect(await hooks.get("q")).toEqual({ hooks: {}, signed: false });
    await hooks.change("q", { dead: "d", webhookUrl: "http://h/" });
    expect(await hooks.change("q", { webhookEvents: ["failed"] }, "s")).toEqual({
      hooks: { dead: "d", webhook: { url: "http://h/", events: ["failed"] } },
      signed: true,
    });
    expect(await hooks.secret("q")).toBe("s");
    expect(await hooks.change("q", { dead: null, webhookUrl: null })).toEqual({ hooks: {}, signed: true });
    await expect(hooks.change("q", { completed: "c", webhookEvents: ["dead"] })).rejects.toThrow("no webhook");
    expect(await hooks.change("q", {}, null)).toEqual({ hooks: {}, signed: false });
  });
}
