/**
 * The benchmark: what queuectl costs, beside the least that it could cost and beside other queues, in the same run.
 *
 *     npm run bench                      everything, about 20 minutes; writes bench/RESULTS.md
 *     npm run bench -- drain startup     only these; prints the table
 *     npm run bench -- --quick           fewer jobs and rounds, about 4 minutes; prints the table
 *
 * BENCH_DIR is where its stores go (the system's temporary folder unless it is set): what the disk costs depends on it.
 * Peers that are programs (tsp, nq, parallel) are used if they are on the PATH. Those that are libraries are no dependencies of this
 * project; they are looked for in BENCH_PEERS, a folder with a node_modules (bullmq and ioredis, plainjob, graphile-worker,
 * pg-boss, pg). Their servers are started (peers/servers.js), unless BENCH_REDIS_URL and BENCH_POSTGRES_URL name some. What cannot be
 * run is named as skipped.
 *
 * A file for each family of rows. Times are measured here only; no test depends on one.
 */
import { existsSync, writeFileSync } from "node:fs";
import { describeMachine } from "./machine.js";
import { killAll, PROGRAM } from "./processes.js";
import { begin, end } from "./progress.js";
import { report } from "./report.js";

const FAMILIES = ["drain", "startup", "bulk", "store", "latency", "backlog", "idle", "recovery"];

const words = process.argv.slice(2);
const quick = words.includes("--quick");
const named = words.filter((word) => word !== "--quick");
const unknown = named.find((name) => !FAMILIES.includes(name));
if (unknown !== undefined) fail(`there is no ${unknown}; give some of ${FAMILIES.join(", ")}, or --quick`);
if (process.platform !== "linux") fail("it reads /proc, so it needs Linux");
if (!existsSync(PROGRAM)) fail("there is no dist/; run npm run build");

const chosen = FAMILIES.filter((name) => named.length === 0 || named.includes(name));
const machine = describeMachine();
const skipped = [];
const families = [];
for (const name of chosen) {
  const { measure, notes } = await import(`./${name}.js`);
  begin(name);
  const found = await attempt(name, measure);
  families.push({ name, notes, ...(Array.isArray(found) ? { rows: found } : found) });
}
end();

const complete = chosen.length === FAMILIES.length && !quick;
if (!complete) skipped.push(...whatWasNotAsked());
const text = report({
  machine,
  families,
  skipped,
  command: ["npm run bench", ...(words.length > 0 ? ["--"] : []), ...words].join(" "),
});
console.log(text);
if (complete) writeFileSync(new URL("RESULTS.md", import.meta.url), text);

/** One family that fails does not cost the results of the others, but it shows. */
async function attempt(name, measure) {
  const skip = (what, why) => skipped.push({ what, why });
  try {
    return await measure({ quick, skip });
  } catch (error) {
    process.exitCode = 1;
    killAll();
    skip(name, `**it failed**: ${error.message}`);
    return [];
  }
}

function whatWasNotAsked() {
  const left = FAMILIES.filter((name) => !chosen.includes(name)).map((what) => ({ what, why: "it was not asked for" }));
  return quick ? [...left, { what: "the full numbers of jobs and rounds", why: "--quick" }] : left;
}

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}
