/**
 * A database may give up a transaction and run it again. SQLite never does, so it is made to here: each transaction
 * runs, is taken back, and runs once more, through all cases of the contract. A body that keeps something from its
 * first run does not pass them.
 */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { nested, type Writing } from "../../../src/store/shared/connection.js";
import type { Work } from "../../../src/store/shared/work.js";
import { SqliteConnection } from "../../../src/store/sqlite/connection.js";
import { storeSuite } from "../store-suite.js";
import { openSqliteHarness } from "./harness.js";

class TakenBack extends Error {}

let restarts = 0;

beforeAll(() => {
  const { write } = SqliteConnection.prototype;
  vi.spyOn(SqliteConnection.prototype, "write").mockImplementation(function <T>(
    this: SqliteConnection,
    body: (writing: Writing) => Work<T>,
  ): Promise<T> {
    return write.call(this, (writing) => runTwice(writing, body)) as Promise<T>;
  });
});
afterAll(() => vi.restoreAllMocks());

function* runTwice<T>(writing: Writing, body: (writing: Writing) => Work<T>): Work<T> {
  try {
    yield* nested(writing, function* () {
      yield* body(writing);
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
    restarts++;
  }
  return yield* body(writing);
}

storeSuite("SQLite, every transaction of which runs twice", openSqliteHarness);

it("has run transactions twice", () => {
  expect(restarts).toBeGreaterThan(500);
});
