/** Inspects a server and a schema for `doctor` and `db status`, and changes nothing. */
import { systemClock } from "../../core/clock.js";
import type { PostgresLocation } from "../postgres-location.js";
import type { Work } from "../shared/work.js";
import { command } from "./command.js";
import { SCHEMA_VERSION } from "./schema.js";
import { connect } from "./store.js";

export interface PostgresFacts {
  readonly kind: "postgres";
  /** Names the database without its password. */
  readonly shown: string;
  readonly serverVersion: string;
  /** As a number: 170010 is 17.10. */
  readonly serverNumber: number;
  /** 0: there is no queue. */
  readonly schema: number;
  /** The schema that this program makes. */
  readonly ownSchema: number;
  readonly isEncrypted: boolean;
  /** The server's clock less this machine's, in milliseconds. */
  readonly clockSkewMs: number;
  readonly connections: number;
  readonly maxConnections: number;
  readonly autovacuum: boolean;
  /** The setting of the server: on, off, local, remote_write, remote_apply. */
  readonly synchronousCommit: string;
  /** Standbys that are connected, and how many of them a commit waits for. */
  readonly standbys: number;
  readonly synchronousStandbys: number;
  /** Age of the oldest transaction that keeps dead rows from being cleared away, in milliseconds. 0: there is none. */
  readonly oldestTransactionMs: number;
  /** Size of all tables and indexes of the schema, in bytes. */
  readonly bytes: number;
  readonly deadRows: number;
}

export async function inspectServer(database: PostgresLocation, home: string): Promise<PostgresFacts> {
  const connection = connect({ database, home, busyTimeoutMs: 3000 });
  try {
    // The way there takes longer the first time.
    await connection.run(ping());
    const sentAt = systemClock.now();
    const facts = await connection.run(factsOf(database.address.schema));
    const { server_now, ...rest } = facts;
    return {
      kind: "postgres",
      shown: database.shown,
      ownSchema: SCHEMA_VERSION,
      clockSkewMs: Math.round(server_now - (sentAt + systemClock.now()) / 2),
      ...rest,
    };
  } finally {
    await connection.close();
  }
}

function* ping(): Work<void> {
  yield command("SELECT 1");
}

type Row = Omit<PostgresFacts, "kind" | "shown" | "ownSchema" | "clockSkewMs" | "schema"> & { server_now: number };

function* factsOf(schema: string): Work<Row & { schema: number }> {
  const { rows } = yield {
    sql: `SELECT
      (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS server_now,
      current_setting('server_version') AS "serverVersion",
      current_setting('server_version_num')::int AS "serverNumber",
      coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS "isEncrypted",
      (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
      current_setting('max_connections')::int AS "maxConnections",
      current_setting('autovacuum') = 'on' AS autovacuum,
      current_setting('synchronous_commit') AS "synchronousCommit",
      (SELECT count(*) FROM pg_stat_replication) AS standbys,
      (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS "synchronousStandbys",
      coalesce((SELECT max(extract(epoch FROM clock_timestamp() - xact_start) * 1000)::bigint FROM pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()), 0) AS "oldestTransactionMs",
      coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = $1), 0)::bigint AS bytes,
      coalesce((SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE schemaname = $1), 0)::bigint AS "deadRows"`,
    parameters: [schema],
  };
  const row = rows[0] as Row;
  const known = yield { sql: "SELECT to_regclass($1) IS NOT NULL AS known", parameters: [`"${schema}".installation`] };
  if (!(known.rows as { known: boolean }[])[0]?.known) return { ...row, schema: 0 };
  const { rows: installed } = yield command(`SELECT schema_version FROM "${schema}".installation`);
  return { ...row, schema: (installed as { schema_version: number }[])[0]?.schema_version ?? 0 };
}
