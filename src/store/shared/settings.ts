/** Configuration that a user stored: keys and values as text, without a meaning here. */
import { sql } from "kysely";
import type { SettingStore } from "../contract/store.js";
import { type Connection, type Writing, write } from "../sqlite/connection.js";
import { statement } from "../sqlite/statement.js";

const allSettings = statement<Record<never, never>, { key: string; value: string }>(
  () => sql`SELECT key, value FROM settings ORDER BY key`,
);

const setting = statement<{ key: string }, { value: string }>(
  (p) => sql`SELECT value FROM settings WHERE key = ${p("key")}`,
);

const storeSetting = statement<{ key: string; value: string }>(
  (p) => sql`INSERT INTO settings (key, value) VALUES (${p("key")}, ${p("value")})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
);

const forgetSetting = statement<{ key: string }>((p) => sql`DELETE FROM settings WHERE key = ${p("key")}`);

export function settingStore(connection: Connection): SettingStore {
  return {
    async all() {
      const rows = await allSettings.all(connection.db, {});
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },

    async set(key, value) {
      await write(connection, (writing) => put(writing, key, value));
    },

    async update(key, change) {
      await write(connection, async (writing) => {
        const before = await setting.first(writing.db, { key });
        await put(writing, key, change(before?.value ?? null));
      });
    },
  };
}

async function put({ db }: Writing, key: string, value: string | null): Promise<void> {
  await (value === null ? forgetSetting.run(db, { key }) : storeSetting.run(db, { key, value }));
}
