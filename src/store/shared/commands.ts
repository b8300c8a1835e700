/** What supervisors are asked to do: each command is a row until its supervisor takes it. */
import { type Selectable, sql } from "kysely";
import type { SupervisorCommand } from "../contract/store.js";
import { type Connection, write } from "../sqlite/connection.js";
import type { Schema } from "../sqlite/schema.js";
import { statement } from "../sqlite/statement.js";

type CommandRow = Pick<Selectable<Schema["supervisor_commands"]>, "number" | "kind" | "workers">;

const addCommand = statement<{ supervisorId: string; kind: SupervisorCommand["kind"]; workers: number | null }>(
  (p) => sql`
    INSERT INTO supervisor_commands (supervisor_id, kind, workers)
    SELECT id, ${p("kind")}, ${p("workers")} FROM processes WHERE id = ${p("supervisorId")}`,
);

const commandsFor = statement<{ supervisorId: string }, CommandRow>(
  (p) => sql`
    SELECT number, kind, workers FROM supervisor_commands WHERE supervisor_id = ${p("supervisorId")} ORDER BY number`,
);

const forgetCommands = statement<{ supervisorId: string }>(
  (p) => sql`DELETE FROM supervisor_commands WHERE supervisor_id = ${p("supervisorId")}`,
);

export function sendCommand(
  connection: Connection,
  supervisorId: string,
  command: SupervisorCommand,
): Promise<boolean> {
  const { kind } = command;
  const workers = kind === "scale" ? command.workers : null;
  return write(connection, async ({ db }) => (await addCommand.run(db, { supervisorId, kind, workers })) > 0);
}

export async function takeCommands(connection: Connection, supervisorId: string): Promise<SupervisorCommand[]> {
  if ((await commandsFor.first(connection.db, { supervisorId })) === undefined) return [];
  const rows = await write(connection, async ({ db }) => {
    const found = await commandsFor.all(db, { supervisorId });
    await forgetCommands.run(db, { supervisorId });
    return found;
  });
  return rows.map(({ workers }) => (workers === null ? { kind: "restart" } : { kind: "scale", workers }));
}
