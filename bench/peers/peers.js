/** The queues that we are compared with, where they are installed, and why the others are left out. */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../processes.js";
import { newFolder, removeFolder } from "../workspace.js";
import { nq } from "./nq.js";
import { parallel } from "./parallel.js";
import { serverUrl } from "./servers.js";
import { taskSpooler } from "./task-spooler.js";

const PROGRAMS = [taskSpooler, nq, parallel];
const LIBRARIES = [
  { name: "BullMQ", module: "bullmq", server: "BENCH_REDIS_URL" },
  { name: "plainjob", module: "plainjob" },
  { name: "graphile-worker", module: "graphile-worker", server: "BENCH_POSTGRES_URL" },
  { name: "pg-boss", module: "pg-boss", server: "BENCH_POSTGRES_URL" },
];

/** `rate` resolves to jobs per second. `skip` hears of those that cannot be run here. */
export async function availablePeers(skip) {
  const peers = [];
  for (const peer of PROGRAMS) {
    const found = process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, peer.program)));
    if (found)
      peers.push({ ...peer, version: await peer.version(), rate: (quick) => programRate(peer, quick ? 200 : 600) });
    else skip(peer.name, `there is no ${peer.program} on the PATH`);
  }
  for (const peer of LIBRARIES) {
    const missing = whatIsMissing(peer) ?? (await whatFails(peer));
    if (missing === null)
      peers.push({ ...peer, version: versionOf(peer), rate: (quick) => libraryRate(peer, quick ? 250 : 1000) });
    else skip(peer.name, missing);
  }
  return peers;
}

const packageOf = ({ module }) => join(process.env.BENCH_PEERS, "node_modules", module, "package.json");
const versionOf = (peer) => JSON.parse(readFileSync(packageOf(peer), "utf8")).version;

function whatIsMissing(peer) {
  if (!process.env.BENCH_PEERS) return "BENCH_PEERS names no folder with a node_modules that holds it";
  if (!existsSync(packageOf(peer))) return "it is not in the node_modules of BENCH_PEERS";
  return null;
}

async function programRate(peer, jobs) {
  const folder = newFolder(peer.program);
  const ms = await peer.drain(jobs, folder);
  removeFolder(folder);
  return (jobs / ms) * 1000;
}

/** Some libraries wait for ever for a server that is not there. */
const CHECK_MS = 30_000;

/** A few jobs, so that this is known before anything is measured. */
async function whatFails(peer) {
  try {
    if (peer.server !== undefined) await serverUrl(peer.server);
    await libraryRate(peer, 4, CHECK_MS);
    return null;
  } catch (error) {
    const [said] = /\b\w*error: .*/i.exec(error.message) ?? [`it ran no job within ${CHECK_MS / 1000} s`];
    return `it does not work here: ${said}`;
  }
}

/** In a process of its own, which prints how many milliseconds it took. */
async function libraryRate({ module, server }, jobs, timeout) {
  const env = server === undefined ? {} : { [server]: await serverUrl(server) };
  const folder = newFolder(module);
  const script = fileURLToPath(new URL(`${module}.js`, import.meta.url));
  const printed = await run(process.execPath, [script, String(jobs)], { cwd: folder, env, timeout });
  removeFolder(folder);
  return (jobs / Number(printed)) * 1000;
}
