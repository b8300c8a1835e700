/** The connection: transactions, parts of them, the disk, and what PRAGMAs do. */
import Sqlite from "better-sqlite3";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UnusableError } from "../../../src/core/errors.js";
import { nested } from "../../../src/store/shared/connection.js";
import { pause, type Work } from "../../../src/store/shared/work.js";
import { command, SqliteConnection } from "../../../src/store/sqlite/connection.js";
import { statement } from "../../../src/store/sqlite/statement.js";
import { ManualClock } from "../harness.js";
import { temporaryHome } from "./harness.js";

let place: Awaited<ReturnType<typeof temporaryHome>>;
let database: Sqlite.Database;
let connection: SqliteConnection;

beforeEach(async () => {
  place = await temporaryHome();
  database = new Sqlite(place.path, { timeout: 10 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE numbers (n)");
  connection = new SqliteConnection(database, { path: place.path, timeoutMs: 100 }, new ManualClock());
});
afterEach(async () => {
  vi.restoreAllMocks();
  await connection.close();
  await place.remove();
});

const insertNumber = statement<{ n: number | string }>((p) => sql`INSERT INTO numbers VALUES (${p("n")})`);
const add = (n: number | string) => insertNumber.run({ n });
function* bare(text: string): Work<void> {
  yield command(text);
}
const numbers = () => database.prepare("SELECT n FROM numbers ORDER BY n").pluck().all();

it("keeps transactions apart that are begun at the same time", async () => {
  const order: string[] = [];
  const transaction = (name: string) =>
    connection.write(function* () {
      order.push(`${name} begins`);
      yield* add(1);
      yield* pause();
      order.push(`${name} ends`);
    });
  await Promise.all([transaction("a"), transaction("b"), transaction("c")]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

it("rolls back what fails, and goes on", async () => {
  const failing = connection.write(function* () {
    yield* add(1);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  await connection.write(() => add(2));
  expect(numbers()).toEqual([2]);
});

it("takes back the part of a transaction that fails, and keeps the rest", async () => {
  await connection.write(function* (writing) {
    yield* add(1);
    try {
      yield* nested(writing, function* () {
        yield* add(2);
        throw new Error("no");
      });
    } catch (error) {
      expect(error).toMatchObject({ message: "no" });
    }
    yield* nested(writing, () => add(3));
  });
  expect(numbers()).toEqual([1, 3]);
});

it("lets a statement outside of a transaction wait until that is over", async () => {
  const order: string[] = [];
  const transaction = connection.write(function* () {
    yield* pause();
    yield* add(1);
    order.push("transaction");
  });
  const statement = connection.run(add(2)).then(() => order.push("statement"));
  await Promise.all([transaction, statement]);
  expect(order).toEqual(["transaction", "statement"]);
  expect(numbers()).toEqual([1, 2]);
});

it("says that the disk is full, with nothing half written, and goes on when there is room", async () => {
  database.pragma(`max_page_count = ${database.pragma("page_count", { simple: true })}`);
  const big = "x".repeat(100_000);
  const failing = connection.write(function* () {
    yield* add(1);
    yield* add(big);
  });
  const error = await failing.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(UnusableError);
  expect(error).toMatchObject({ code: "unusable", message: expect.stringMatching(/is full: .*SQLITE_FULL/) });
  expect(numbers()).toEqual([]);
  database.pragma("max_page_count = 100000");
  await connection.write(() => add(2));
  expect(numbers()).toEqual([2]);
});

it("waits for the disk again after a write that did not, even one that failed", async () => {
  const modes: unknown[] = [];
  const mode = () => database.pragma("synchronous", { simple: true });
  for (let round = 0; round < 2; round++) {
    await connection.writeUnsynced(function* () {
      modes.push(mode());
      yield* add(round);
    });
    modes.push(mode());
  }
  await expect(
    connection.writeUnsynced(() => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  modes.push(mode());
  const [NORMAL, FULL] = [1, 2];
  expect(modes).toEqual([NORMAL, FULL, NORMAL, FULL, FULL]);
});

it("locks nobody out while it stages", async () => {
  const other = new Sqlite(place.path, { timeout: 0 });
  await connection.run(bare("CREATE TEMP TABLE staged (n)"));
  await connection.stage(function* () {
    yield* bare("INSERT INTO temp.staged VALUES (1)");
    other.exec("INSERT INTO numbers VALUES (7)");
  });
  other.close();
  expect(numbers()).toEqual([7]);
});

it("prepares a statement once, however often it is run", async () => {
  const prepare = vi.spyOn(database, "prepare");
  for (let n = 0; n < 5; n++) await connection.run(add(n));
  expect(prepare).toHaveBeenCalledTimes(1);
});

it("takes lists and booleans", async () => {
  const chosen = statement<{ among: readonly number[]; all: boolean }, { n: number }>(
    (p) => sql`SELECT n FROM numbers WHERE ${p("all")} OR n IN (SELECT value FROM json_each(${p("among")}))`,
  );
  for (const n of [1, 2, 3]) await connection.run(add(n));
  expect(await connection.run(chosen.all({ among: [1, 3], all: false }))).toEqual([{ n: 1 }, { n: 3 }]);
  expect(await connection.run(chosen.all({ among: [], all: true }))).toHaveLength(3);
});

it("passes on a mistake of ours as it is", async () => {
  await expect(connection.run(bare("SELECT 1 FROM nowhere"))).rejects.toThrow(/no such table/);
});

it("hands a statement's error to the body, which may go on", async () => {
  await connection.write(function* () {
    yield* add(1);
    try {
      yield* bare("INSERT INTO nowhere VALUES (1)");
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringMatching(/no such table/) });
    }
    yield* add(2);
  });
  expect(numbers()).toEqual([1, 2]);
});

it("runs a transaction without a turn of the event loop, unless its body asks for one", async () => {
  let turns = 0;
  const count = () => {
    turns++;
  };
  let during = -1;
  await connection.write(function* () {
    process.nextTick(count);
    setImmediate(count);
    for (let n = 0; n < 20; n++) yield* add(n);
    during = turns;
    yield* pause();
    expect(turns).toBe(2);
  });
  expect(during).toBe(0);
});

it("names the columns of a row as the statement does, also of one without rows", async () => {
  const both = statement<{ n: number }, { n: number; twice: number }>(
    (p) => sql`SELECT n, n * 2 AS twice FROM numbers WHERE n > ${p("n")} ORDER BY n`,
  );
  for (const n of [1, 2]) await connection.run(add(n));
  expect(await connection.run(both.all({ n: 0 }))).toEqual([
    { n: 1, twice: 2 },
    { n: 2, twice: 4 },
  ]);
  expect(await connection.run(both.first({ n: 2 }))).toBeUndefined();
});
