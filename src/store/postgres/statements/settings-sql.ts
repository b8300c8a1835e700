/** Statements about settings, and savepoints. */
import { sql } from "kysely";
import type { PartStatements, SettingStatements } from "../../shared/statements/statements.js";
import { statement } from "../statement.js";

export const parts: PartStatements = {
  begin: statement(() => sql`SAVEPOINT part`),
  undo: statement(() => sql`ROLLBACK TO SAVEPOINT part`),
  end: statement(() => sql`RELEASE SAVEPOINT part`),
};

export const settings: SettingStatements = {
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
