/**
 * Takes the URL of a PostgreSQL database apart: `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME?parameters`. The
 * parameters are those of libpq with the same names, and `schema`, which is ours.
 *
 * A server that is not on this machine has to prove who it is: `sslmode` is `verify-full` there if the URL says nothing
 * else, since a command from this database is run as the user of the workers.
 *
 * A URL that cannot be taken apart safely is refused without a word of it: a part of the password may be anywhere.
 */
import { UnusableError } from "../core/errors.js";

/** Everything but the password. */
export interface PostgresAddress {
  /** Tried in turn. */
  readonly servers: readonly PostgresServer[];
  /** Undefined: as the driver's own variables say (PGUSER, PGDATABASE), or the name of the user here. */
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly schema: string;
  readonly sslMode: SslMode;
  /** Path of the certificates that are trusted. Undefined: the ones of Node. */
  readonly rootCertificates: string | undefined;
}

export interface PostgresServer {
  /** Name, address, or the absolute path of a socket's directory. */
  readonly host: string;
  readonly port: number;
}

const SSL_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof SSL_MODES)[number];

const PARAMETERS = ["user", "password", "host", "port", "sslmode", "sslrootcert", "schema"];
const DEFAULT_PORT = 5432;
const SCHEMA = "queuectl";
/** What PostgreSQL takes without quotes, so that a typo is not taken for a new schema with an odd name. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

const PARTS =
  /^(?<scheme>postgres(?:ql)?):\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^@/?#]*)(?<name>\/[^@/?#]*)?(?:\?(?<query>[^@#]*))?$/i;
/** With any other character here, a part of the password may follow. */
const HOSTS = /^(?:(?:[\w.%-]*|\[[\da-f:.]+\])(?::\d{1,5})?(?:,|$))*$/i;

export interface ParsedUrl {
  readonly address: PostgresAddress;
  readonly password: string | undefined;
  /** The URL without its password. */
  readonly shown: string;
}

/** @throws UnusableError if it is no URL of a PostgreSQL database, or has a parameter that is unknown or wrong */
export function parsePostgresUrl(url: string): ParsedUrl {
  const parts = PARTS.exec(url)?.groups;
  if (parts === undefined || !HOSTS.test(parts.hosts ?? "")) throw unreadable();
  const parameters = parseParameters(parts.query);
  const hosts = decode(parts.hosts) ?? "";
  const servers = parseServers(parameters.get("host") ?? hosts, parsePort(parameters.get("port")));
  const isLocal = servers.every(({ host }) => isOnThisMachine(host));
  const user = parts.user === undefined ? "" : `${parts.user}@`;
  return {
    address: {
      servers,
      user: decode(parts.user) || parameters.get("user") || undefined,
      database: decode(parts.name)?.slice(1) || undefined,
      schema: parseSchema(parameters.get("schema") ?? SCHEMA),
      sslMode: parseSslMode(parameters.get("sslmode") ?? (isLocal ? "disable" : "verify-full")),
      rootCertificates: parameters.get("sslrootcert") ?? undefined,
    },
    password: decode(parts.password) ?? parameters.get("password") ?? undefined,
    shown: `${parts.scheme}://${user}${parts.hosts}${parts.name ?? ""}${withoutPassword(parts.query)}`,
  };
}

function parseParameters(query = ""): URLSearchParams {
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new UnusableError(
        "the URL of the PostgreSQL database has a parameter that is unknown",
        `give ${PARAMETERS.filter((known) => known !== "password").join(", ")}`,
      );
    }
  }
  return parameters;
}

function withoutPassword(query = ""): string {
  const others = query.split("&").filter((part) => part !== "" && !/^password(=|$)/.test(part));
  return others.length === 0 ? "" : `?${others.join("&")}`;
}

function parseServers(hosts: string, defaultPort: number): PostgresServer[] {
  return hosts.split(",").map((part) => {
    if (part.startsWith("/")) return { host: part, port: defaultPort };
    const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(part) ?? [];
    return {
      host: host?.replace(/^\[|\]$/g, "") || "localhost",
      port: port === undefined ? defaultPort : parsePort(port),
    };
  });
}

function parsePort(text: string | null): number {
  if (text === null) return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UnusableError(
    `the URL of the PostgreSQL database has the port ${JSON.stringify(text)}`,
    "give a number from 1 to 65535; without one it is 5432",
  );
}

/** What is sent to it does not leave this machine. */
function isOnThisMachine(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function parseSchema(name: string): string {
  if (SCHEMA_NAME.test(name)) return name;
  throw new UnusableError(
    `the schema ${JSON.stringify(name)} in the URL of the PostgreSQL database has an impossible name`,
    "give lower-case letters, digits and _, as in schema=queuectl",
  );
}

function parseSslMode(mode: string): SslMode {
  const known = SSL_MODES.find((one) => one === mode);
  if (known !== undefined) return known;
  throw new UnusableError(
    `sslmode in the URL of the PostgreSQL database is ${JSON.stringify(mode)}`,
    `give ${SSL_MODES.join(", ")}; without it, a server elsewhere has to prove who it is (verify-full)`,
  );
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable();
  }
}

function unreadable(): UnusableError {
  return new UnusableError(
    "the URL of the PostgreSQL database cannot be read",
    "give postgres://USER@HOST:5432/NAME; in a password, write special characters as %40",
  );
}
