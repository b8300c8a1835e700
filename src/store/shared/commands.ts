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
  return connection.write(function* ({ sql }) {
    return (yield* sql.processes.addCommand.run({ supervisorId, kind, workers })) > 0;
  });
}

export async function takeCommands(connection: Connection, supervisorId: string): Promise<SupervisorCommand[]> {
  const { commandsFor, forgetCommands } = connection.sql.processes;
  if ((await connection.run(commandsFor.first({ supervisorId }))) === undefined) return [];
  const rows = await connection.write(function* () {
    const found = yield* commandsFor.all({ supervisorId });
    yield* forgetCommands.run({ supervisorId });
    return found;
  });
  return rows.map(({ workers }) => (workers === null ? { kind: "restart" } : { kind: "scale", workers }));
}
