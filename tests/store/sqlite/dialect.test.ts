/** Our own dialect: transactions, the disk, and what PRAGMAs do. */
import Sqlite from "better-sqlite3";
import { CompiledQuery, Kysely, sql } from "kysely";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UnusableError } from "../../../src/core/errors.js";
import { type Connection, stage, write, writeUnsynced } from "../../../src/store/sqlite/connection.js";
import { sqliteDialect } from "../../../src/store/sqlite/dialect.js";
import type { Schema } from "../../../src/store/sqlite/schema.js";
import { type Runner, statement } from "../../../src/store/sqlite/statement.js";
import { ManualClock } from "../harness.js";
import { temporaryHome } from "./harness.js";

let place: Awaited<ReturnType<typeof temporaryHome>>;
let database: Sqlite.Database;
let connection: Connection;

beforeEach(async () => {
  place = await temporaryHome();
  database = new Sqlite(place.path, { timeout: 10 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE numbers (n)");
  const dialect = sqliteDialect(database, { path: place.path, timeoutMs: 100 });
  connection = { db: new Kysely<Schema>({ dialect }), clock: new ManualClock() };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await connection.db.destroy();
  database.close();
  await place.remove();
});

const insertNumber = statement<{ n: number | string }>((p) => sql`INSERT INTO numbers VALUES (${p("n")})`);
const add = (db: Runner, n: number | string) => insertNumber.run(db, { n });
const numbers = () => database.prepare("SELECT n FROM numbers ORDER BY n").pluck().all();

it("keeps transactions apart that are begun at the same time", async () => {
  const order: string[] = [];
  const transaction = (name: string) =>
    write(connection, async ({ db }) => {
      order.push(`${name} begins`);
      await add(db, 1);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
    });
  await Promise.all([transaction("a"), transaction("b"), transaction("c")]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

it("rolls back what fails, and goes on", async () => {
  const failing = write(connection, async ({ db }) => {
    await add(db, 1);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  await write(connection, ({ db }) => add(db, 2));
  expect(numbers()).toEqual([2]);
});

it("says that the disk is full, with nothing half written, and goes on when there is room", async () => {
  database.pragma(`max_page_count = ${database.pragma("page_count", { simple: true })}`);
  const big = "x".repeat(100_000);
  const failing = write(connection, async ({ db }) => {
    await add(db, 1);
    await add(db, big);
  });
  const error = await failing.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(UnusableError);
  expect(error).toMatchObject({ code: "unusable", message: expect.stringMatching(/is full: .*SQLITE_FULL/) });
  expect(numbers()).toEqual([]);
  database.pragma("max_page_count = 100000");
  await write(connection, ({ db }) => add(db, 2));
  expect(numbers()).toEqual([2]);
});

it("waits for the disk again after a write that did not, even one that failed", async () => {
  const modes: unknown[] = [];
  const mode = () => database.pragma("synchronous", { simple: true });
  for (let round = 0; round < 2; round++) {
    await writeUnsynced(connection, async ({ db }) => {
      modes.push(mode());
      await add(db, round);
    });
    modes.push(mode());
  }
  await expect(writeUnsynced(connection, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  modes.push(mode());
  const [NORMAL, FULL] = [1, 2];
  expect(modes).toEqual([NORMAL, FULL, NORMAL, FULL, FULL]);
});

it("locks nobody out while it stages", async () => {
  const other = new Sqlite(place.path, { timeout: 0 });
  await sql`CREATE TEMP TABLE staged (n)`.execute(connection.db);
  await stage(connection, async (db) => {
    await db.executeQuery(CompiledQuery.raw("INSERT INTO temp.staged VALUES (1)"));
    other.exec("INSERT INTO numbers VALUES (7)");
  });
  other.close();
  expect(numbers()).toEqual([7]);
});

it("prepares a statement once, however often it is run", async () => {
  const prepare = vi.spyOn(database, "prepare");
  for (let n = 0; n < 5; n++) await add(connection.db, n);
  expect(prepare).toHaveBeenCalledTimes(1);
});

it("passes on a mistake of ours as it is", async () => {
  await expect(sql`SELECT 1 FROM nowhere`.execute(connection.db)).rejects.toThrow(/no such table/);
});
