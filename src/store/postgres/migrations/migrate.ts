/**
 * Brings a schema of a server up to this program's version, all or nothing, in one transaction. If two processes do it
 * at once, the second one waits and then finds the work done. Only `queuectl db migrate` calls it: in a database that
 * others use as well, nothing is changed by the way.
 *
 * To change the schema, add a list of statements at the end of MIGRATIONS and raise SCHEMA_VERSION by one. Earlier
 * lists have been released and never change again.
 */
import { randomUUID } from "node:crypto";
import type { Work } from "../../shared/work.js";
import { command, type PostgresConnection } from "../connection.js";
import { INITIAL } from "./0001-initial.js";

/** The statements of each version, oldest first. */
export const MIGRATIONS: readonly (readonly string[])[] = [INITIAL];

export interface Migration {
  /** 0: there was no queue. */
  readonly from: number;
  readonly to: number;
}

export function migrate(connection: PostgresConnection, schema: string, migrations = MIGRATIONS): Promise<Migration> {
  return connection.write(function* () {
    yield command(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    yield command(`CREATE TABLE IF NOT EXISTS installation (
      id uuid NOT NULL, schema_version int NOT NULL, one boolean PRIMARY KEY DEFAULT true CHECK (one))`);
    const from = yield* version();
    for (const statement of migrations.slice(from).flat()) yield command(statement);
    const to = Math.max(from, migrations.length);
    yield {
      sql: `INSERT INTO installation (id, schema_version) VALUES ($1, $2)
        ON CONFLICT (one) DO UPDATE SET schema_version = excluded.schema_version`,
      parameters: [randomUUID(), to],
    };
    return { from, to };
  });
}

function* version(): Work<number> {
  const { rows } = yield command(`SELECT schema_version FROM installation`);
  return (rows as { schema_version: number }[])[0]?.schema_version ?? 0;
}
