/**
 * PostgreSQL's catalogue of statements: one file for each theme but the smallest, put together here. The type requires every entry of
 * `Statements`.
 */
import { sql } from "kysely";
import type { PartStatements, SettingStatements, Statements } from "../shared/statements/statements.js";
import { statement } from "./statement.js";
import { changes } from "./statements/changes-sql.js";
import { claims } from "./statements/claim-sql.js";
import { dependencies } from "./statements/dependencies-sql.js";
import { due } from "./statements/due-sql.js";
import { insert } from "./statements/insert-sql.js";
import { jobs } from "./statements/jobs-sql.js";
import { leases } from "./statements/leases-sql.js";
import { limits } from "./statements/limits-sql.js";
import { lists } from "./statements/list-sql.js";
import { processes } from "./statements/processes-sql.js";
import { prune } from "./statements/prune-sql.js";
import { queues } from "./statements/queues-sql.js";
import { schedules } from "./statements/schedules-sql.js";
import { settle } from "./statements/settle-sql.js";

const parts: PartStatements = {
  begin: statement(() => sql`SAVEPOINT part`),
  undo: statement(() => sql`ROLLBACK TO SAVEPOINT part`),
  end: statement(() => sql`RELEASE SAVEPOINT part`),
};

const settings: SettingStatements = {
  all: statement(() => sql`SELECT key, value FROM settings ORDER BY key`),

  get: statement((p) => sql`SELECT value FROM settings WHERE key = ${p("key")}`),

  put: statement(
    (p) => sql`
      INSERT INTO settings (key, value) VALUES (${p("key")}, ${p("value")})
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    "settings",
  ),

  delete: statement((p) => sql`DELETE FROM settings WHERE key = ${p("key")}`, "settings"),
};

export const catalogue: Statements = {
  changes,
  claims,
  dependencies,
  due,
  insert,
  jobs,
  leases,
  limits,
  lists,
  parts,
  processes,
  prune,
  queues,
  schedules,
  settings,
  settle,
};
