/** Configuration that a user stored: keys and values as text, not interpreted here. */
import type { SettingStore } from "../contract/store.js";
import type { Connection, Writing } from "./connection.js";
import type { Work } from "./work.js";

export function settingStore(connection: Connection): SettingStore {
  return {
    async all() {
      const rows = await connection.run(connection.sql.settings.all.all({}));
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },

    async set(key, value) {
      await connection.write((writing) => put(writing, key, value));
    },

    async update(key, change) {
      await connection.write(function* (writing) {
        const before = yield* writing.sql.settings.get.first({ key });
        yield* put(writing, key, change(before?.value ?? null));
      });
    },
  };
}

function* put({ sql }: Writing, key: string, value: string | null): Work<void> {
  yield* value === null ? sql.settings.delete.run({ key }) : sql.settings.put.run({ key, value });
}
