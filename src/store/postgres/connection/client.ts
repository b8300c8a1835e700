/**
 * One connection to the server, made when it is first needed and again after it was lost. It is ours alone from BEGIN to
 * COMMIT, so there is no pool. An answer that does not come within the deadline ends the connection: the next statement
 * must not get the late answer of this one.
 *
 * Its settings are made by statements after it is connected, since a pooler refuses them as parameters of the start.
 */
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import type { ClientConfig, Client as Driver, TypeOverrides } from "pg";
import { UnusableError } from "../../../core/errors.js";
import type { PostgresAddress, PostgresServer } from "../../postgres-url.js";
import type { Answer, Query } from "../../shared/work.js";
import { PARSERS } from "../values.js";
import { isConnectionLost } from "./errors.js";
import { tlsOptions } from "./tls.js";

/** In milliseconds. */
const CONNECT_TIMEOUT = 5000;
const ANSWER_TIMEOUT = 30_000;

const SETTINGS = {
  statement_timeout: "30s",
  lock_timeout: "30s",
  idle_in_transaction_session_timeout: "10s",
  timezone: "UTC",
  client_min_messages: "warning",
  // Each statement is short. A compiler would take longer than any of them.
  jit: "off",
};

export interface ClientOptions {
  readonly address: PostgresAddress;
  /** Undefined: the driver looks for it. */
  readonly password: string | undefined;
  /** Shown by the server beside its connections. */
  readonly applicationName: string;
  /** Called with each notification. */
  readonly onMessage?: (text: string) => void;
  /** Called when the connection that there was is lost. */
  readonly onLost?: () => void;
}

export class Client {
  readonly #options: ClientOptions;
  #driver: Driver | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#driver !== undefined;
  }

  /** Tries the servers in turn until one takes writes. */
  async connect(): Promise<void> {
    let refusal: unknown;
    for (const server of this.#options.address.servers) {
      checkSocket(server);
      try {
        this.#driver = await this.#connectTo(server);
        return;
      } catch (error) {
        refusal ??= error;
      }
    }
    throw refusal;
  }

  /** On the connection that there is. */
  async query({ sql, parameters }: Query): Promise<Answer> {
    const driver = this.#driver;
    if (driver === undefined) throw new Error("Connection terminated");
    try {
      const { rows, rowCount } = await driver.query({ text: sql, values: parameters as unknown[] });
      return { rows, changes: rowCount ?? 0 };
    } catch (error) {
      if (isConnectionLost(error)) this.drop();
      throw error;
    }
  }

  /** Being connected is no reason for the process to stay alive. */
  unref(): void {
    if (this.#driver) socketOf(this.#driver).unref();
  }

  /** Ends the connection without a word. */
  drop(): void {
    const driver = this.#driver;
    this.#driver = undefined;
    driver?.end().catch(() => {});
    if (driver) socketOf(driver).destroy();
  }

  async close(): Promise<void> {
    const driver = this.#driver;
    this.#driver = undefined;
    await driver?.end();
  }

  async #connectTo(server: PostgresServer): Promise<Driver> {
    const { default: pg } = await import("pg");
    const types = new pg.TypeOverrides();
    for (const [type, parse] of PARSERS) types.setTypeParser(type, parse);
    const driver = new pg.Client(this.#config(server, types));
    // An idle connection that is lost says so by an event, which nothing else would listen for.
    driver.on("error", () => {
      if (this.#driver !== driver) return;
      this.#driver = undefined;
      this.#options.onLost?.();
    });
    driver.on("notification", ({ payload }) => this.#options.onMessage?.(payload ?? ""));
    try {
      await driver.connect();
      await driver.query(this.#settings());
      const { rows } = await driver.query("SELECT pg_is_in_recovery() AS standby");
      if (rows[0].standby) throw this.#standby(server);
      return driver;
    } catch (error) {
      driver.end().catch(() => {});
      throw error;
    }
  }

  #config({ host, port }: PostgresServer, types: TypeOverrides): ClientConfig {
    const { address, password, applicationName } = this.#options;
    const { user, database } = address;
    return {
      host,
      port,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
      ssl: tlsOptions(address, host),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: ANSWER_TIMEOUT + 5000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      types,
    };
  }

  #settings(): { text: string; values: string[] } {
    const settings = Object.entries({ ...SETTINGS, search_path: this.#options.address.schema });
    const calls = settings.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`);
    return { text: `SELECT ${calls.join(", ")}`, values: settings.flat() };
  }

  #standby({ host }: PostgresServer): UnusableError {
    return new UnusableError(
      `the server ${host} is a standby, which can only be read`,
      "name the primary in the URL; with several hosts (host1,host2) the one that takes writes is found",
    );
  }
}

/** A server that is down leaves the directory of its socket. @throws UnusableError */
function checkSocket({ host }: PostgresServer): void {
  if (!host.startsWith("/") || existsSync(host)) return;
  throw new UnusableError(
    `there is no directory ${host}, where the socket of the server should be`,
    "check host=… in the URL; often it is /var/run/postgresql",
  );
}

/** The driver's types leave it out. */
function socketOf(driver: Driver): Socket {
  return (driver as unknown as { connection: { stream: Socket } }).connection.stream;
}
