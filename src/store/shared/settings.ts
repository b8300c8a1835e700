/** Configuration that a user stored: keys and values as text, not interpreted here. */
import type { SettingStore } from "../contract/store.js";
import type { Connection, Writing } from "./connection.js";

export function settingStore(connection: Connection): SettingStore {
  return {
    async all() {
      const rows = await connection.sql.settings.all.all(connection.db, {});
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },

    async set(key, value) {
      await connection.write((writing) => put(writing, key, value));
    },

    async update(key, change) {
      await connection.write(async (writing) => {
        const before = await writing.sql.settings.get.first(writing.db, { key });
        await put(writing, key, change(before?.value ?? null));
      });
    },
  };
}

async function put({ db, sql }: Writing, key: string, value: string | null): Promise<void> {
  await (value === null ? sql.settings.delete.run(db, { key }) : sql.settings.put.run(db, { key, value }));
}
