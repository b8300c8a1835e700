import type { ProcessRecord, ProcessState, SupervisorCommand } from "../../contract/store.js";
import type { ProcessRow } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

export interface ProcessStatements {
  readonly add: Prepared<NewProcess>;
  /** @param state null: as it was */
  /** A row for each that is registered. */
  readonly heartbeat: Prepared<{ beats: readonly Beat[] }, { id: string }>;
  /** Removes the commands that were sent to it too. */
  readonly remove: Prepared<{ id: string }>;
  /** By kind and start, oldest first. */
  readonly all: Prepared<None, ProcessRow>;
  /** Changes no row if the supervisor is not registered. */
  readonly addCommand: Prepared<{ supervisorId: string } & CommandRow>;
  /** In the order in which they were sent. */
  readonly commandsFor: Prepared<{ supervisorId: string }, CommandRow>;
  readonly forgetCommands: Prepared<{ supervisorId: string }>;
}

interface NewProcess extends Omit<ProcessRecord, "startedAt" | "heartbeatAt" | "queues" | "program"> {
  /** JSON, a list. Null: every queue. */
  readonly queues: string | null;
  /** JSON, an object. */
  readonly program: string | null;
  readonly now: number;
}

export interface CommandRow {
  kind: SupervisorCommand["kind"];
  /** Null: the command has no number. */
  workers: number | null;
}

interface Beat {
  readonly id: string;
  /** Null: as it was. */
  readonly state: ProcessState | null;
  readonly at: number;
}
