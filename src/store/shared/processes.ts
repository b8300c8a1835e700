/**
 * The registered supervisors and workers. Each process writes its own record; a supervisor also writes the heartbeats of
 * its idle workers.
 */
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

    heartbeat: (beats) =>
      connection.writeUnsynced(function* ({ now }) {
        const known = yield* sql.heartbeat.all({
          beats: beats.map(({ id, state, ageMs }) => ({ id, state, at: now - ageMs })),
        });
        const ids = new Set(known.map(({ id }) => id));
        return beats.map(({ id }) => id).filter((id) => !ids.has(id));
      }),

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
