/** How the schema comes to a new database, and how later versions will come to an older one. */
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SqliteConnection } from "../../../src/store/sqlite/connection.js";
import { MIGRATIONS, migrate } from "../../../src/store/sqlite/migrations/migrate.js";
import { APPLICATION_ID, FIRST_SCHEMA_VERSION, SCHEMA_VERSION } from "../../../src/store/sqlite/schema.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { insert, ManualClock } from "../harness.js";
import { temporaryHome } from "./harness.js";

const NEXT = [...MIGRATIONS, ["ALTER TABLE jobs ADD COLUMN colour TEXT", "UPDATE jobs SET colour = 'grey'"]];

let place: Awaited<ReturnType<typeof temporaryHome>>;
let raw: Sqlite.Database;
let connection: SqliteConnection;

beforeEach(async () => {
  place = await temporaryHome();
  raw = new Sqlite(place.path);
  connection = new SqliteConnection(raw, { path: place.path, timeoutMs: 1000 }, new ManualClock());
});
afterEach(async () => {
  await connection.close();
  await place.remove();
});

const marks = () => ["application_id", "user_version"].map((name) => raw.pragma(name, { simple: true }));
const schema = () => raw.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();

it("counts the schema's version from the first released one", () => {
  expect(SCHEMA_VERSION).toBe(FIRST_SCHEMA_VERSION + MIGRATIONS.length - 1);
});

it("makes a new database once", async () => {
  await migrate(connection);
  const made = schema();
  await migrate(connection);
  expect(schema()).toEqual(made);
  expect(marks()).toEqual([APPLICATION_ID, SCHEMA_VERSION]);
});

it("brings a database that has jobs to the next version, once, and a new one as well", async () => {
  await insert(await opened(), { id: "a" });
  await migrate(connection, NEXT);
  await migrate(connection, NEXT);
  expect(raw.prepare("SELECT id, colour FROM jobs").all()).toEqual([{ id: "a", colour: "grey" }]);
  expect(marks()).toEqual([APPLICATION_ID, SCHEMA_VERSION + 1]);

  const fresh = new Sqlite(":memory:");
  const other = new SqliteConnection(fresh, { path: "", timeoutMs: 0 }, new ManualClock());
  await migrate(other, NEXT);
  expect(fresh.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all()).toEqual(schema());
  await other.close();
});

it("leaves a database as it was if a statement fails", async () => {
  await insert(await opened(), { id: "a" });
  const before = [schema(), marks()];
  await expect(migrate(connection, [...NEXT, ["no statement"]])).rejects.toThrow("syntax error");
  expect([schema(), marks()]).toEqual(before);
});

it("leaves a newer database as it is", async () => {
  await migrate(connection, NEXT);
  await migrate(connection);
  expect(marks()).toEqual([APPLICATION_ID, SCHEMA_VERSION + 1]);
});

async function opened() {
  const store = await openSqliteStore(place);
  stores.push(store);
  return store;
}
const stores: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
