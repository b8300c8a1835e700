import { sql } from "kysely";
import type { SettingStatements } from "../../shared/statements/settings.js";
import { statement } from "../statement.js";

export const settings: SettingStatements = {
  all: statement(() => sql`SELECT key, value FROM settings ORDER BY key`),

  get: statement((p) => sql`SELECT value FROM settings WHERE key = ${p("key")}`),

  put: statement(
    (p) => sql`
      INSERT INTO settings (key, value) VALUES (${p("key")}, ${p("value")})
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  ),

  delete: statement((p) => sql`DELETE FROM settings WHERE key = ${p("key")}`),
};
