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
      await connection.write(({ now }) => sql.add.run({ ...record, queues, program, now }));
    },

    async heartbeat(id, state) {
      return connection.writeUnsynced(function* ({ now }) {
        return (yield* sql.heartbeat.run({ id, state, now })) > 0;
      });
    },

    async deregister(id) {
      await connection.write(() => sql.remove.run({ id }));
    },

    async list() {
      return (await connection.run(sql.all.all({}))).map(toProcess);
    },

    sendCommand: (supervisorId, command) => sendCommand(connection, supervisorId, command),
    takeCommands: (supervisorId) => takeCommands(connection, supervisorId),
  };
}
