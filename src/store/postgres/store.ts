/** The store over one schema of a PostgreSQL server: connects, checks the schema's version, and puts the roles together. */
import type { Clock } from "../../core/clock.js";
import { UnusableError } from "../../core/errors.js";
import type { PollIntervals, Store } from "../contract/store.js";
import type { PostgresLocation } from "../postgres-location.js";
import { passwordOf } from "../postgres-password.js";
import { hookStore } from "../shared/hooks.js";
import { jobStore } from "../shared/jobs/jobs.js";
import { leaseStore } from "../shared/leases.js";
import { processStore } from "../shared/processes.js";
import { queueStore } from "../shared/queues.js";
import { scheduleStore } from "../shared/schedules.js";
import { settingStore } from "../shared/settings.js";
import type { Work } from "../shared/work.js";
import { Client } from "./client.js";
import { command } from "./command.js";
import { PostgresConnection } from "./connection.js";
import { outputChunks } from "./output-chunks.js";
import { SCHEMA_VERSION } from "./schema.js";

export interface PostgresStoreOptions {
  readonly database: PostgresLocation;
  /** Directory that may hold the password. */
  readonly home: string;
  /** Undefined: the server's. */
  readonly clock?: Clock | undefined;
  /** How long to wait in all for a server that does not answer, in milliseconds. Default 30 s. */
  readonly busyTimeoutMs?: number;
  /** Called when a call has begun to wait for the server. */
  readonly onWaiting?: ((shown: string) => void) | undefined;
}

const TIMEOUT_MS = 30_000;

/** A query is a trip over the network, and there may be a hundred workers. */
const POLL_MS: PollIntervals = { cancellations: 500, settings: 1000, job: 250, processes: 250, retention: 5000 };

/** How often work is looked for without a sign of it, in milliseconds. */
const LOOK_MS = 1000;

/** Opens the store. The schema has to be there, see `migrations/migrate.ts`. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const connection = connect(options);
  try {
    const installed = await connection.run(installation());
    checkVersion(installed?.schema_version ?? 0, options.database.shown);
    return storeOver(connection, installed?.id);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

export function connect(options: PostgresStoreOptions): PostgresConnection {
  const { database, home, clock, busyTimeoutMs: timeoutMs = TIMEOUT_MS, onWaiting } = options;
  const { address, shown } = database;
  const password = passwordOf(database, home, process.env);
  const client = () => new Client({ address, password, applicationName: "queuectl" });
  return new PostgresConnection(client, { shown, schema: address.schema, timeoutMs, clock, onWaiting });
}

function storeOver(connection: PostgresConnection, id: string | undefined): Store {
  return {
    jobs: jobStore(connection),
    leases: leaseStore(connection),
    processes: processStore(connection),
    settings: settingStore(connection),
    queues: queueStore(connection),
    hooks: hookStore(connection),
    schedules: scheduleStore(connection),
    chunks: outputChunks(connection),
    installation: id ?? null,
    clock: connection.clock,
    selfFencing: true,
    pollMs: POLL_MS,
    onWork(wake) {
      const timer = setInterval(wake, LOOK_MS);
      return () => clearInterval(timer);
    },
    version: async () => null,
    oneHome: false,
    isReplaced: async () => (await connection.run(installation()))?.id !== id,
    close: () => connection.close(),
  };
}

/** Undefined: there is no queue. */
function* installation(): Work<{ id: string; schema_version: number } | undefined> {
  const known = yield command("SELECT to_regclass('installation') IS NOT NULL AS known");
  if (!(known.rows as { known: boolean }[])[0]?.known) return undefined;
  const { rows } = yield command("SELECT id, schema_version FROM installation");
  return (rows as { id: string; schema_version: number }[])[0];
}

/** @throws UnusableError */
function checkVersion(version: number, shown: string): void {
  if (version > SCHEMA_VERSION) {
    throw new UnusableError(
      `the database ${shown} was made by a newer queuectl (schema ${version}, this one knows ${SCHEMA_VERSION})`,
      "upgrade queuectl",
    );
  }
  if (version === 0) {
    throw new UnusableError(`there is no queue in the database ${shown} yet`, "queuectl db migrate makes it");
  }
  if (version < SCHEMA_VERSION) {
    throw new UnusableError(
      `the database ${shown} was made by an older queuectl (schema ${version}, this one needs ${SCHEMA_VERSION})`,
      "queuectl db migrate brings it up to date",
    );
  }
}
