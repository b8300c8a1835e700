/** The last line of defence: what no statement should ever write, the schema does not take. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OUTCOME_KINDS } from "../../../src/core/job/outcome.js";
import { STATES } from "../../../src/core/job/state.js";
import { PROCESS_STATES } from "../../../src/store/contract/store.js";
import { insert, processing, settle } from "../harness.js";
import { openSqliteHarness, type SqliteHarness } from "./harness.js";

let harness: SqliteHarness;

beforeEach(async () => {
  harness = await openSqliteHarness();
});
afterEach(() => harness.close());

describe("no job", () => {
  const REFUSED = [
    "state = 'running'",
    "state = 'processing'",
    "state = 'completed'",
    "finished_at = 1",
    "lease_expires_at = 1",
    "lease_ms = 1",
    "cancel_requested_at = 1",
    "attempts = -1",
    "attempts = 'many'",
    "max_retries = 0",
    "timeout_ms = -1",
    "backoff_base = -1",
    "runs = -1",
    "interruptions = -1",
    "losses = -1",
    "progress = -1",
    "progress = 101",
    "renewals = -1",
    "fence = -1",
    "queue = ''",
    "queue = NULL",
    "id = ''",
    "command = 'true'",
    "command = '{}'",
    "env = '[]'",
    "env = 'x'",
    "tags = '{}'",
    "priority = 1.5",
    "run_at = NULL",
  ];
  for (const change of REFUSED) {
    it(`that waits has ${change}`, async () => {
      await insert(harness.store, {});
      expect(() => harness.raw.exec(`UPDATE jobs SET ${change}`)).toThrow(/constraint|cannot store/);
    });
  }

  for (const change of [
    "lease_expires_at = NULL",
    "lease_ms = NULL",
    "lease_ms = 0",
    "worker_id = NULL",
    "fence = 0",
    "started_at = NULL",
    "finished_at = 1",
  ]) {
    it(`that is processing has ${change}`, async () => {
      await processing(harness.store);
      expect(() => harness.raw.exec(`UPDATE jobs SET ${change}`)).toThrow(/constraint/);
    });
  }

  it("shares its id with another", async () => {
    await insert(harness.store, { id: "a" }, { id: "b" });
    expect(() => harness.raw.exec("UPDATE jobs SET id = 'a' WHERE id = 'b'")).toThrow(/UNIQUE/);
  });
});

describe("no attempt", () => {
  for (const change of ["outcome = NULL", "finished_at = NULL", "outcome = 'fine'", "attempt = 0", "pid = 0"]) {
    it(`that has ended has ${change}`, async () => {
      await settle(harness.store, await processing(harness.store));
      expect(() => harness.raw.exec(`UPDATE attempts SET ${change}`)).toThrow(/constraint/);
    });
  }

  it("is there without its job", () => {
    harness.raw.pragma("foreign_keys = ON");
    const orphan = "INSERT INTO attempts (job_id, attempt, worker_id, started_at) VALUES ('none', 1, 'w', 1)";
    expect(() => harness.raw.exec(orphan)).toThrow(/FOREIGN KEY/);
  });
});

it("the schema knows the states, outcomes and process states that the code knows", () => {
  const schema = (table: string) =>
    String(harness.raw.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").pluck().get(table));
  const oneOf = (column: string, values: readonly string[]) =>
    `CHECK ((${values.map((value) => `${column} = '${value}'`).join(" OR ")}))`;
  expect(schema("jobs")).toContain(oneOf("state", STATES));
  expect(schema("attempts")).toContain(oneOf("outcome", OUTCOME_KINDS));
  const processStates = PROCESS_STATES.map((state) => `'${state}'`).join(", ");
  expect(schema("processes")).toContain(`state IN (${processStates})`);
});
