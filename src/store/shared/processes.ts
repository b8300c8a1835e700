/** The registered supervisors and workers. Each process writes its own record. */
import { type Selectable, sql } from "kysely";
import type { ProcessRecord, ProcessState, ProcessStore } from "../contract/store.js";
import { type Connection, write, writeUnsynced } from "../sqlite/connection.js";
import type { ProcessTable } from "../sqlite/schema.js";
import { statement } from "../sqlite/statement.js";
import { sendCommand, takeCommands } from "./commands.js";
import { toProcess } from "./rows.js";

const recordHeartbeat = statement<{ id: string; state: ProcessState; now: number }>(
  (p) => sql`UPDATE processes SET state = ${p("state")}, heartbeat_at = ${p("now")} WHERE id = ${p("id")}`,
);

type NewRecord = Omit<ProcessRecord, "startedAt" | "heartbeatAt" | "queues"> & { queues: string | null; now: number };

const recordProcess = statement<NewRecord>(
  (p) => sql`
    INSERT INTO processes
      (id, kind, host, boot_id, pid, start_time, supervisor_id, state, restarts, queues, slots, started_at, heartbeat_at)
    VALUES (${p("id")}, ${p("kind")}, ${p("host")}, ${p("bootId")}, ${p("pid")}, ${p("startTime")},
      ${p("supervisorId")}, ${p("state")}, ${p("restarts")}, ${p("queues")}, ${p("slots")},
      ${p("now")}, ${p("now")})`,
);

const forgetProcess = statement<{ id: string }>((p) => sql`DELETE FROM processes WHERE id = ${p("id")}`);

const allProcesses = statement<Record<never, never>, Selectable<ProcessTable>>(
  () => sql`SELECT * FROM processes ORDER BY kind, started_at, id`,
);

export function processStore(connection: Connection): ProcessStore {
  return {
    async register(record) {
      const queues = record.queues && JSON.stringify(record.queues);
      await write(connection, ({ db, now }) => recordProcess.run(db, { ...record, queues, now }));
    },

    async heartbeat(id, state) {
      await writeUnsynced(connection, ({ db, now }) => recordHeartbeat.run(db, { id, state, now }));
    },

    async deregister(id) {
      await write(connection, ({ db }) => forgetProcess.run(db, { id }));
    },

    async list() {
      return (await allProcesses.all(connection.db, {})).map(toProcess);
    },

    sendCommand: (supervisorId, command) => sendCommand(connection, supervisorId, command),
    takeCommands: (supervisorId) => takeCommands(connection, supervisorId),
  };
}
