/** The registered supervisors and workers. Each process writes its own record. */
import type { ProcessStore } from "../contract/store.js";
import { sendCommand, takeCommands } from "./commands.js";
import type { Connection } from "./connection.js";
import { toProcess } from "./rows.js";

export function processStore(connection: Connection): ProcessStore {
  const sql = connection.sql.processes;
  return {
    async register(record) {
      const queues = record.queues && JSON.stringify(record.queues);
      const program = record.program && JSON.stringify(record.program);
      await connection.write(({ db, now }) => sql.add.run(db, { ...record, queues, program, now }));
    },

    async heartbeat(id, state) {
      return connection.writeUnsynced(async ({ db, now }) => (await sql.heartbeat.run(db, { id, state, now })) > 0);
    },

    async deregister(id) {
      await connection.write(({ db }) => sql.remove.run(db, { id }));
    },

    async list() {
      return (await sql.all.all(connection.db, {})).map(toProcess);
    },

    sendCommand: (supervisorId, command) => sendCommand(connection, supervisorId, command),
    takeCommands: (supervisorId) => takeCommands(connection, supervisorId),
  };
}
