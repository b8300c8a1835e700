/**
 * What a URL says of the way to its server. Follows the parameters of libpq where they have the same names:
 * `sslmode`, `sslrootcert`, `host` (the directory of a socket). `schema` is ours.
 *
 * A server that is not on this machine has to prove who it is: `sslmode` is `verify-full` there, if the URL says nothing
 * else, since a command from this database is run as the user of the workers.
 */
import { readFileSync } from "node:fs";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { UnusableError } from "../../core/errors.js";

export interface ConnectOptions {
  /** Tried in turn. */
  readonly servers: readonly Server[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly schema: string;
  readonly sslMode: SslMode;
  /** Path of the certificates that are trusted. Undefined: the ones of Node. */
  readonly rootCertificates: string | undefined;
}

export interface Server {
  /** Name, address, or the absolute path of a socket's directory. */
  readonly host: string;
  readonly port: number;
}

const SSL_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof SSL_MODES)[number];

const PARAMETERS = ["sslmode", "sslrootcert", "host", "schema"];
const PORT = 5432;
const SCHEMA = "queuectl";
/** What PostgreSQL takes without quotes, so that a typo is not taken for a new schema with an odd name. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** @throws UnusableError if a parameter is unknown or has an impossible value */
export function parseConnectOptions(text: string): ConnectOptions {
  const [, user, password, hosts = "", database, query = ""] =
    /^[a-z]+:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^@/?#]*)(?:\/([^@/?#]*))?(?:\?([^@#]*))?$/i.exec(text) ?? [];
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new UnusableError(
        `the URL of the PostgreSQL database has a parameter ${JSON.stringify(name)}, which is unknown`,
        `give ${PARAMETERS.join(", ")}; a password goes into a file that QUEUECTL_DB_PASSWORD_FILE names`,
      );
    }
  }
  const servers = parseServers(parameters.get("host") ?? decode(hosts) ?? "");
  const local = servers.every(({ host }) => isLocal(host));
  return {
    servers,
    user: decode(user) || undefined,
    password: decode(password),
    database: decode(database) || undefined,
    schema: parseSchema(parameters.get("schema") ?? SCHEMA),
    sslMode: parseSslMode(parameters.get("sslmode") ?? (local ? "disable" : "verify-full")),
    rootCertificates: parameters.get("sslrootcert") ?? undefined,
  };
}

/** False: the connection is not encrypted. @throws UnusableError if the certificates cannot be read */
export function tlsOptions({ sslMode, rootCertificates }: ConnectOptions, host: string): TlsOptions | false {
  if (sslMode === "disable" || host.startsWith("/")) return false;
  return {
    ...(rootCertificates === undefined ? {} : { ca: readCertificates(rootCertificates) }),
    rejectUnauthorized: sslMode !== "require",
    ...(sslMode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}

function readCertificates(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UnusableError(
      `the certificates ${path} (sslrootcert) cannot be read: ${(error as Error).message}`,
      "name a file with the certificate of the authority that signed the server's",
      error,
    );
  }
}

function parseServers(hosts: string): Server[] {
  return hosts.split(",").map((part) => {
    if (part.startsWith("/")) return { host: part, port: PORT };
    const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(part) ?? [];
    return { host: host?.replace(/^\[|\]$/g, "") || "localhost", port: port === undefined ? PORT : Number(port) };
  });
}

/** On this machine: nobody else can be between. */
function isLocal(host: string): boolean {
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
    throw new UnusableError(
      "the URL of the PostgreSQL database cannot be read",
      "write a % in it as %25, and other special characters of a password as %40 and the like",
    );
  }
}
