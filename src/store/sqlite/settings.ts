/** Configuration that a user stored: keys and values as text, without a meaning here. */
import type { SettingStore } from "../store.js";
import { type Connection, write } from "./connection.js";

export function settingStore(connection: Connection): SettingStore {
  return {
    async all() {
      const rows = await connection.db.selectFrom("settings").selectAll().orderBy("key").execute();
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },

    async set(key, value) {
      await write(connection, async ({ db }) => {
        if (value === null) return db.deleteFrom("settings").where("key", "=", key).execute();
        return db
          .insertInto("settings")
          .values({ key, value })
          .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
          .execute();
      });
    },
  };
}
