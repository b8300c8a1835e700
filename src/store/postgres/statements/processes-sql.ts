/** Statements about registered processes, and the commands to supervisors. */
import { sql } from "kysely";
import type { ProcessStatements } from "../../shared/statements/processes.js";
import { statement } from "../statement.js";

export const processes: ProcessStatements = {
  add: statement(
    (p) => sql`
    INSERT INTO processes
      (id, kind, host, host_id, boot_id, pid_namespace, pid, start_time, home, pool,
      supervisor_id, state, restarts, queues, slots, program, started_at, heartbeat_at)
    VALUES (${p("id")}, ${p("kind")}, ${p("host")}, ${p("hostId")}, ${p("bootId")}, ${p("pidNamespace")}, ${p("pid")},
      ${p("startTime")}, ${p("home")}, ${p("pool")}, ${p("supervisorId")}, ${p("state")}, ${p("restarts")},
      ${p("queues", "json")}, ${p("slots")}, ${p("program")}, ${p("now")}, ${p("now")})`,
  ),

  heartbeat: statement(
    (p) => sql`
    UPDATE processes SET state = coalesce(beat.state, processes.state), heartbeat_at = beat.at
    FROM json_to_recordset(${p("beats")}) AS beat (id text, state text, at bigint)
    WHERE processes.id = beat.id RETURNING processes.id`,
  ),

  remove: statement((p) => sql`DELETE FROM processes WHERE id = ${p("id")}`),

  all: statement(() => sql`SELECT * FROM processes ORDER BY kind, started_at, id`),

  addCommand: statement(
    (p) => sql`
    INSERT INTO supervisor_commands (supervisor_id, kind, workers)
    SELECT id, ${p("kind")}, ${p("workers")} FROM processes WHERE id = ${p("supervisorId")}`,
    "settings",
  ),

  commandsFor: statement(
    (p) => sql`
    SELECT kind, workers FROM supervisor_commands WHERE supervisor_id = ${p("supervisorId")} ORDER BY number`,
  ),

  forgetCommands: statement((p) => sql`DELETE FROM supervisor_commands WHERE supervisor_id = ${p("supervisorId")}`),
};
