/**
 * Brings a schema of a server up to this program's version, all or nothing, in one transaction. If two processes do it
 * at once, the second one waits and then finds the work done. Only `queuectl db migrate` does it: in a database that
 * others use as well, nothing is changed by the way.
 *
 * To change the schema, add a list of statements at the end of MIGRATIONS and raise SCHEMA_VERSION by one. Earlier
 * lists have been released and never change again.
 */
import type { Work } from "../../shared/work.js";
import { command } from "../command.js";
import type { PostgresConnection } from "../connection/connection.js";
import { TIMELINE } from "../connection/timeline.js";
import { INITIAL } from "./0001-initial.js";

/** The statements of each version, oldest first. */
const MIGRATIONS: readonly (readonly string[])[] = [INITIAL];

export interface SchemaChange {
  /** 0: there was no queue. */
  readonly from: number;
  readonly to: number;
  /** In their order, in one transaction. Empty: there is nothing to do. */
  readonly statements: readonly string[];
}

/** Makes the change. */
export function migrate(connection: PostgresConnection, schema: string): Promise<SchemaChange> {
  return connection.write(function* () {
    const change = yield* schemaChange(schema);
    for (const statement of change.statements) yield command(statement);
    return change;
  });
}

/** What would be done. */
export function* schemaChange(schema: string): Work<SchemaChange> {
  const from = yield* version(schema);
  const to = Math.max(from, MIGRATIONS.length);
  if (from === to) return { from, to, statements: [] };
  return {
    from,
    to,
    statements: [
      ...(from === 0 ? first(schema) : []),
      `SET LOCAL search_path = "${schema}"`,
      ...MIGRATIONS.slice(from).flat(),
      `UPDATE installation SET schema_version = ${to}`,
    ],
  };
}

/** The number tells a queue from another one that takes its place. */
function first(schema: string): string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS "${schema}"`,
    `CREATE TABLE "${schema}".installation (
    id             uuid NOT NULL,
    schema_version int NOT NULL,
    timeline       text NOT NULL,
    one            boolean PRIMARY KEY DEFAULT true CHECK (one)
  )`,
    `INSERT INTO "${schema}".installation (id, schema_version, timeline) VALUES (gen_random_uuid(), 0, ${TIMELINE})`,
  ];
}

function* version(schema: string): Work<number> {
  const known = yield { sql: "SELECT to_regclass($1) IS NOT NULL AS known", parameters: [`"${schema}".installation`] };
  if (!(known.rows as { known: boolean }[])[0]?.known) return 0;
  const { rows } = yield command(`SELECT schema_version FROM "${schema}".installation`);
  return (rows as { schema_version: number }[])[0]?.schema_version ?? 0;
}
