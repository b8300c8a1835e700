/** The databases that a test of the store runs on, each with a server of its own if it needs one. */
import { afterAll, beforeAll, describe } from "vitest";
import { noPostgres, type PostgresServer, startPostgres } from "../postgres/server.js";
import type { OpenHarness } from "./harness.js";
import { openPostgresHarness } from "./postgres/harness.js";
import { openSqliteHarness } from "./sqlite/harness.js";

/** @param cases registers the tests; `share` is how many of the runs of a property are worth their time there */
export function onEachDatabase(cases: (open: OpenHarness, share: number) => void): void {
  describe("on SQLite", () => cases(openSqliteHarness, 1));

  describe.skipIf(noPostgres !== undefined)("on PostgreSQL", () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    cases(() => openPostgresHarness(server), 0.15);
  });
}
