/** A database of an older version, with jobs in it, becomes one of this version. */
import Sqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { expect, it } from "vitest";
import { hooksOf } from "../../../src/core/hook/hook.js";
import { MIGRATIONS, migrate } from "../../../src/store/sqlite/migrations/migrate.js";
import { APPLICATION_ID } from "../../../src/store/sqlite/schema.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { claim, settle } from "../harness.js";
import { temporaryHome } from "./harness.js";

/** All that there were before this one. */
const before = (name: string) => Object.fromEntries(Object.entries(MIGRATIONS).filter(([other]) => other < name));

it("lets no job stay behind that waits for its key by an older rule", async () => {
  const { path, home, remove } = await temporaryHome();
  const old = new Sqlite(path);
  const db = new Kysely({ dialect: new SqliteDialect({ database: old }) });
  await migrate(db, before("0009-parking"));
  old.exec(
    `INSERT INTO jobs (id, command, state, queue, priority, cwd, env, tags, run_at, created_at, updated_at, limit_key, limit_max, parked)
     VALUES ('a', '"true"', 'pending', 'mail', 0, '/', '{}', '[]', 0, 0, 0, 'k', 1, 1)`,
  );
  await db.destroy();

  const store = await openSqliteStore({ path, home });
  expect((await claim(store)).map(({ id }) => id)).toEqual(["a"]);
  await store.close();
  await remove();
});

it("counts and tags what the first version left", async () => {
  const { path, home, remove } = await temporaryHome();
  const old = new Sqlite(path);
  const db = new Kysely({ dialect: new SqliteDialect({ database: old }) });
  const first = MIGRATIONS["0001-initial"];
  await migrate(db, { "0001-initial": first as NonNullable<typeof first> });
  expect([old.pragma("user_version", { simple: true }), old.pragma("application_id", { simple: true })]).toEqual([
    1,
    APPLICATION_ID,
  ]);
  const insert = old.prepare(
    `INSERT INTO jobs (id, command, state, queue, priority, cwd, env, tags, run_at, created_at, updated_at, finished_at)
     VALUES (?, '"true"', ?, ?, 0, '/', '{}', ?, 0, 0, 0, ?)`,
  );
  insert.run("a", "pending", "mail", '["x","x"]', null);
  insert.run("b", "completed", "mail", '["x"]', 0);
  insert.run("c", "completed", "default", "[]", 0);
  await db.destroy();

  const store = await openSqliteStore({ path, home });
  expect(await store.jobs.counts()).toMatchObject({ pending: 1, completed: 2, dead: 0 });
  expect((await store.jobs.list({ tags: ["x"] })).map(({ id }) => id)).toEqual(["a", "b"]);
  expect((await store.jobs.list({ queue: "mail", limit: 9 })).map(({ id }) => id)).toEqual(["a", "b"]);
  await store.jobs.delete("b");
  expect(await store.jobs.counts()).toMatchObject({ pending: 1, completed: 1 });
  await store.close();
  await remove();
});

it("makes deliveries that wait, and those that are to come, like new ones", async () => {
  const { path, home, remove } = await temporaryHome();
  const old = new Sqlite(path);
  const db = new Kysely({ dialect: new SqliteDialect({ database: old }) });
  await migrate(db, before("0010-deliveries"));
  const delivery = {
    ...{ on: ["completed"], command: ["queuectl", "webhook", "deliver"], max_retries: 8, cwd: "/" },
    env: { QUEUECTL_HOOK_URL: "https://a.example/hook?x=1" },
    options: { retry: { noRetryOn: [78] } },
  };
  const note = { on: ["completed"], command: "echo it's done", max_retries: 3 };
  old.prepare("INSERT INTO queues (name, hooks) VALUES ('mail', ?)").run(JSON.stringify([note, delivery]));
  const insert = old.prepare(
    `INSERT INTO jobs (id, command, state, queue, priority, cwd, env, tags, run_at, created_at, updated_at, options)
     VALUES (?, '"true"', 'pending', ?, ?, '/', ?, '[]', 0, 0, 0, ?)`,
  );
  const { env, options } = delivery;
  insert.run("waits", "_hooks", 1, JSON.stringify(env), JSON.stringify(options));
  insert.run("a", "mail", 5, "{}", JSON.stringify({ policy: "p", hooks: [delivery] }));
  await db.destroy();

  const store = await openSqliteStore({ path, home });
  const like = { limitKey: "_webhook:https://a.example", limit: 1, timeoutMs: 30_000, ...{ env, cwd: "/" } };
  const renewed = { ...like, options: { retry: { noRetryOn: [76] } } };
  expect(await store.jobs.get("waits")).toMatchObject({ ...renewed, priority: 0 });
  expect((await store.jobs.get("a"))?.options).toEqual({
    policy: "p",
    hooks: hooksOf({ webhook: { url: env.QUEUECTL_HOOK_URL, events: ["completed"] } }),
  });
  const [job] = await claim(store, { queues: ["mail"] });
  await settle(store, job as NonNullable<typeof job>);
  const hooks = (await store.jobs.list({ queue: "_hooks" })).filter(({ id }) => id !== "waits");
  expect(hooks.map(({ limitKey }) => limitKey).sort()).toEqual([like.limitKey, like.limitKey, null]);
  const { env: told, ...rest } = renewed;
  const deliveries = hooks.filter(({ limitKey }) => limitKey !== null);
  for (const one of deliveries) expect(one).toMatchObject({ ...rest, priority: 5, env: told });
  expect(hooks.find(({ limitKey }) => limitKey === null)).toMatchObject({ command: note.command, priority: 6 });
  await store.close();
  await remove();
});
