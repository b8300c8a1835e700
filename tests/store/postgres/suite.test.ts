import { afterAll, beforeAll, describe } from "vitest";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { storeSuite } from "../store-suite.js";
import { openPostgresHarness } from "./harness.js";

describe.skipIf(noPostgres !== undefined)("on a server of its own", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  storeSuite("PostgreSQL", () => openPostgresHarness(server));
});
