/** The commands to supervisors: each is a row until its supervisor takes it. */
import type { SupervisorCommand } from "../contract/store.js";
import type { Connection } from "./connection.js";

export function sendCommand(
  connection: Connection,
  supervisorId: string,
  command: SupervisorCommand,
): Promise<boolean> {
  const { kind } = command;
  const workers = kind === "scale" ? command.workers : null;
  return connection.write(
    async ({ db, sql }) => (await sql.processes.addCommand.run(db, { supervisorId, kind, workers })) > 0,
  );
}

export async function takeCommands(connection: Connection, supervisorId: string): Promise<SupervisorCommand[]> {
  const { commandsFor, forgetCommands } = connection.sql.processes;
  if ((await commandsFor.first(connection.db, { supervisorId })) === undefined) return [];
  const rows = await connection.write(async ({ db }) => {
    const found = await commandsFor.all(db, { supervisorId });
    await forgetCommands.run(db, { supervisorId });
    return found;
  });
  return rows.map(({ workers }) => (workers === null ? { kind: "restart" } : { kind: "scale", workers }));
}
