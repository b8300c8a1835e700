/** The store over one schema of a PostgreSQL server: connects, checks the schema's version, and puts the roles together. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import { UnusableError } from "../../core/errors.js";
import type { PollIntervals, Store } from "../contract/store.js";
import type { ChangeKind } from "../contract/wake-ups.js";
import type { Hearing } from "../hearing.js";
import { PostgresLocation } from "../postgres-location.js";
import { passwordOf } from "../postgres-password.js";
import { hookStore } from "../shared/hooks.js";
import { jobStore } from "../shared/jobs/jobs.js";
import { leaseStore } from "../shared/leases.js";
import { processStore } from "../shared/processes.js";
import { queueStore } from "../shared/queues.js";
import { scheduleStore } from "../shared/schedules.js";
import { settingStore } from "../shared/settings.js";
import type { Query, Work } from "../shared/work.js";
import { command } from "./command.js";
import { Client, type ClientOptions } from "./connection/client.js";
import { PostgresConnection } from "./connection/connection.js";
import { tidyCounts } from "./counts.js";
import { outputChunks } from "./output-chunks.js";
import { SCHEMA_VERSION } from "./schema.js";
import { Announcer } from "./wake/announcer.js";
import { channelOf, encode } from "./wake/channel.js";
import { Listener } from "./wake/listener.js";

export interface PostgresStoreOptions {
  readonly database: PostgresLocation;
  /** Directory that may hold the password. */
  readonly home: string;
  /** Undefined: it listens by itself, over a connection of its own. */
  readonly hearing?: Hearing | undefined;
  /** Undefined: the server's. */
  readonly clock?: Clock | undefined;
  /** How long to wait in all for a server that does not answer, in milliseconds. Default 30 s. */
  readonly busyTimeoutMs?: number;
  /** Called when a call has begun to wait for the server. */
  readonly onWaiting?: ((shown: string) => void) | undefined;
}

const TIMEOUT_MS = 30_000;

/** A schema that is made anew without ours makes our statements fail, so this is for one that has taken its place. */
const REPLACED_EVERY_MS = 30_000;

/** A query is a trip over the network, and there may be a hundred workers. */
const POLL_MS: PollIntervals = { cancellations: 1000, settings: 1000, job: 250, processes: 250, retention: 30_000 };

/** Opens the store. The schema has to be there, see `migrations/migrate.ts`. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const connection = connect(options);
  try {
    const installed = await connection.run(installation());
    checkVersion(installed?.schema_version ?? 0, options.database.shown);
    return storeOver(connection, installed?.id, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

export function connect(options: PostgresStoreOptions): PostgresConnection {
  const { database, home, clock, busyTimeoutMs: timeoutMs = TIMEOUT_MS, onWaiting } = options;
  const { address, shown } = database;
  const client = () => new Client(accessTo(database, home, "queuectl"));
  return new PostgresConnection(client, { shown, schema: address.schema, timeoutMs, clock, onWaiting });
}

function accessTo(database: PostgresLocation, home: string, applicationName: string): ClientOptions {
  return { address: database.address, password: passwordOf(database, home, process.env), applicationName };
}

/** How others hear of our writes, and we of theirs. */
function wakeUps(connection: PostgresConnection, options: PostgresStoreOptions) {
  const channel = channelOf(options.database.address.schema);
  const self = randomBytes(6).toString("hex");
  const notice = (about: readonly ChangeKind[]): Query => ({
    sql: "SELECT pg_notify($1, $2)",
    parameters: [channel, encode({ from: self, about })],
  });
  const announcer = new Announcer((about) => connection.tryOnce(notice(about)));
  connection.onChange((kinds) => announcer.tell(kinds));
  return { announcer, hearing: options.hearing ?? listener() };

  function listener(): Listener {
    const access = accessForListening(options);
    return new Listener({
      connect: (events) => new Client({ ...access, ...events }),
      channel,
      self,
      ping: () => connection.run(once(notice([]))),
    });
  }
}

/** A pooler in transaction mode passes no notifications on, so a way past it can be named. */
function accessForListening({ database, home }: PostgresStoreOptions): ClientOptions {
  const usual = accessTo(database, home, "queuectl listener");
  const url = process.env.QUEUECTL_DB_LISTEN;
  if (!url) return usual;
  const direct = accessTo(namedLocation(url), home, usual.applicationName);
  return { ...direct, password: direct.password ?? usual.password };
}

/** @throws UnusableError */
function namedLocation(url: string): PostgresLocation {
  try {
    return new PostgresLocation(url);
  } catch (error) {
    if (!(error instanceof UnusableError)) throw error;
    throw new UnusableError(`QUEUECTL_DB_LISTEN cannot be used: ${error.message}`, error.hint, error);
  }
}

function* once(query: Query): Work<void> {
  yield query;
}

function storeOver(connection: PostgresConnection, id: string | undefined, options: PostgresStoreOptions): Store {
  const { announcer, hearing } = wakeUps(connection, options);
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
    onWork: (wake, { ownToo = false } = {}) => hearing.on(wake, ownToo),
    hears: () => hearing.hears(),
    version: async () => hearing.version(),
    tidy: () => connection.run(tidyCounts()),
    oneHome: false,
    isReplaced: replacement(connection, id),
    async close() {
      hearing.close();
      await announcer.close();
      await connection.close();
    },
  };
}

/** Asked each second by each supervisor, and true once in a lifetime. */
function replacement(connection: PostgresConnection, id: string | undefined): () => Promise<boolean> {
  let lookedAt = performance.now();
  return async () => {
    if (performance.now() - lookedAt < REPLACED_EVERY_MS) return false;
    lookedAt = performance.now();
    const now = await connection.run(installation());
    return now?.id !== id || now?.schema_version !== SCHEMA_VERSION;
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
