/**
 * People look at the database with the SQLite that their system has, which may be older than ours. It must find nothing wrong:
 * a CHECK that an older version answers differently would look like damage.
 */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { changeHooks, hooksOf } from "../../../src/core/hook/hook.js";
import { claim, insertGraph, settle } from "../harness.js";
import { openSqliteHarness } from "./harness.js";

/** STRICT tables need it. */
const OLDEST = [3, 37];

const shell = spawnSync("sqlite3", ["--version"], { encoding: "utf8" });
const [major = 0, minor = 0] = (shell.stdout ?? "").split(".").map(Number);
const isThere = major > (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor >= (OLDEST[1] ?? 0));

it.skipIf(!isThere)(`the system's sqlite3 (${major}.${minor}) calls a used database sound`, async () => {
  const { store, path, close } = await openSqliteHarness();
  const hooks = hooksOf(changeHooks({}, { completed: ["it's", "done"], webhookUrl: "http://h/" }));
  await insertGraph(
    store,
    { id: "a", command: ["x", "y"], tags: ["t"], env: { A: "1" }, options: { hooks }, limitKey: "k", limit: 1 },
    { id: "b", after: [{ job: "a", when: "ok" }], deadlineMs: 5, uniqueKey: "u", timeoutMs: 5, maxRetries: 1 },
    { id: "c", limitKey: "k", limit: 1 },
  );
  await store.queues.limit("default", { concurrency: 5, rate: { count: 9, perMs: 1000 }, maxLength: 99 });
  await store.queues.pause("other");
  await store.hooks.change("mail", { dead: "d" }, "secret");
  const identity = { host: "h", hostId: "m", bootId: "b", pidNamespace: "1", pid: 1, startTime: "1" };
  const process = {
    ...identity,
    home: "/q",
    pool: "main",
    state: "running",
    restarts: 0,
    slots: 1,
    program: null,
  } as const;
  await store.processes.register({ ...process, id: "s", kind: "supervisor", supervisorId: null, queues: null });
  await store.processes.register({ ...process, id: "w", kind: "worker", supervisorId: "s", queues: ["default"] });
  await store.processes.sendCommand("s", { kind: "restart" });
  await store.processes.sendCommand("s", { kind: "scale", workers: 2 });
  await store.settings.set("lease", "15s");
  const [a] = await claim(store, { limit: 2 });
  if (a) await settle(store, a, undefined, undefined, { result: "{}" });
  await claim(store);
  const said = spawnSync("sqlite3", [path, "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA quick_check"], {
    encoding: "utf8",
  });
  expect([said.stdout, said.stderr]).toEqual(["ok\nok\n", ""]);
  await close();
});
