/** The supervisors and workers that there are, as they say themselves. */
import { sql } from "kysely";
import type { ProcessState, ProcessStore } from "../store.js";
import { type Connection, write, writeUnsynced } from "./connection.js";
import { toProcess } from "./rows.js";
import { statement } from "./statement.js";

const recordHeartbeat = statement<{ id: string; state: ProcessState; now: number }>(
  (p) => sql`UPDATE processes SET state = ${p("state")}, heartbeat_at = ${p("now")} WHERE id = ${p("id")}`,
);

export function processStore(connection: Connection): ProcessStore {
  return {
    async register(record) {
      await write(connection, ({ db, now }) =>
        db
          .insertInto("processes")
          .values({
            id: record.id,
            kind: record.kind,
            host: record.host,
            boot_id: record.bootId,
            pid: record.pid,
            start_time: record.startTime,
            supervisor_id: record.supervisorId,
            state: record.state,
            restarts: record.restarts,
            started_at: now,
            heartbeat_at: now,
          })
          .execute(),
      );
    },

    async heartbeat(id, state) {
      await writeUnsynced(connection, ({ db, now }) => recordHeartbeat.run(db, { id, state, now }));
    },

    async deregister(id) {
      await write(connection, ({ db }) => db.deleteFrom("processes").where("id", "=", id).execute());
    },

    async list() {
      const rows = await connection.db
        .selectFrom("processes")
        .selectAll()
        .orderBy("kind")
        .orderBy("started_at")
        .orderBy("id")
        .execute();
      return rows.map(toProcess);
    },
  };
}
