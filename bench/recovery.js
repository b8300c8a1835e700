/**
 * How long recovery takes. `npm run build && npx tsx bench/recovery.js [RUNS]` prints a table of its own in Markdown
 * (docs/guarantees.md holds one). Each line is repeated RUNS times, 20 by default; those that wait for a worker to be given
 * up as hung take 12 s each and are repeated a fifth as often.
 */
import { realpathSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { median } from "./measure.js";
import { run } from "./processes.js";
import { begin, end, progress } from "./progress.js";
import {
  busyWorkerKilled,
  everythingKilled,
  supervisorKilled,
  workerFrozen,
  workerKilled,
} from "./recovery-scenarios.js";
import { alone, atMost, milliseconds } from "./row.js";

const DEFAULT_RUNS = 20;
const SCENARIOS = [
  { scenario: workerKilled, share: 1 },
  { scenario: busyWorkerKilled, share: 1 },
  { scenario: everythingKilled, share: 1 },
  { scenario: supervisorKilled, share: 1 },
  { scenario: workerFrozen, share: 1 / 5 },
];

/** In seconds, for the worst of all runs. */
const TARGETS = {
  "worker killed → its job's processes are dead": 0.1,
  "worker killed → its job runs again": 1,
  "worker killed → another works in its place": 1,
  "worker killed, every slot busy → its job runs again": 1,
  "the same worker killed again and again → its job runs again": 1,
  "everything killed, started again and ready → all lost jobs are in the queue": 1,
  "supervisor of a detached start killed → a new one with all its workers": 5,
  "that supervisor killed again and again → a new one with all its workers": 5,
  "worker frozen → killed, and its job runs again": 15,
};

export const notes = [
  "A supervisor with two workers whose jobs never end; something is killed (SIGKILL) or frozen (SIGSTOP), and the queue and the process table are looked at about " +
    "every millisecond. Median of all runs; the target is about the worst of them. 0 ms: it was done before the new supervisor said that it was ready.",
];

export async function measure({ quick }) {
  return [...(await recoveryTimes(quick ? 3 : DEFAULT_RUNS))].map(([what, times]) => {
    const worst = Math.max(...times);
    const row = alone(what, {
      value: worst / 1000,
      target: atMost(TARGETS[what], "s"),
      show: (s) => milliseconds(s * 1000),
    });
    return { ...row, ours: milliseconds(median(times)), other: `worst of ${times.length}: ${row.ours}` };
  });
}

/** Milliseconds of every run, by what was measured. */
async function recoveryTimes(runs) {
  const found = new Map();
  for (const { scenario, share } of SCENARIOS) {
    const times = Math.max(1, Math.round(runs * share));
    for (let run = 1; run <= times; run++) {
      progress(`${scenario.name}, run ${run} of ${times}`);
      for (const [what, ms] of Object.entries(await scenario()))
        found.set(what, [...(found.get(what) ?? []), ...[ms].flat()]);
    }
  }
  return found;
}

/** Milliseconds: a replacement is a start of Node at least, and that depends on what else the machine does. */
async function startOfNode() {
  const times = [];
  for (let n = 0; n < DEFAULT_RUNS; n++) {
    const start = performance.now();
    await run(process.execPath, ["-e", "0"]);
    times.push(performance.now() - start);
  }
  return Math.round(median(times));
}

async function printTable() {
  begin("recovery");
  const found = await recoveryTimes(Number(process.argv[2] ?? DEFAULT_RUNS));
  end();
  const show = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
  const machine = `${cpus().length} cores, ${process.platform}, Node ${process.versions.node}`;
  console.log(`${machine}; node -e 0 takes ${await startOfNode()} ms\n`);
  console.log("| from → to | median | worst | runs |\n|---|---|---|---|");
  for (const [what, times] of found) {
    console.log(`| ${what} | ${show(median(times))} | ${show(Math.max(...times))} | ${times.length} |`);
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await printTable();
