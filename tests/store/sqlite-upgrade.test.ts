/** A database of an older version, with jobs in it, becomes one of this version. */
import Sqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { expect, it } from "vitest";
import { MIGRATIONS, migrate } from "../../src/store/sqlite/migrations/migrate.js";
import { APPLICATION_ID } from "../../src/store/sqlite/schema.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { claim } from "./harness.js";
import { temporaryHome } from "./sqlite-harness.js";

it("lets no job stay behind that waits for its key by an older rule", async () => {
  const { path, home, remove } = await temporaryHome();
  const old = new Sqlite(path);
  const db = new Kysely({ dialect: new SqliteDialect({ database: old }) });
  const { "0009-parking": _, ...before } = MIGRATIONS;
  await migrate(db, before);
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
