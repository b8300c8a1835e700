/** What a hundred thousand and a million other jobs in the store cost. */
import { setTimeout as sleep } from "node:timers/promises";
import { drain } from "./drain-home.js";
import { fill } from "./fill.js";
import { Home } from "./home.js";
import { inTurns, ratios } from "./measure.js";
import { PROGRAM } from "./processes.js";
import { progress } from "./progress.js";
import { atLeast, atMost, compared, milliseconds, perSecond } from "./row.js";
import { timed } from "./startup.js";
import { turns } from "./turns.js";
import { freeBytes } from "./workspace.js";

/** Measured: a million jobs with their attempts take about half of it. */
const BYTES_PER_JOB = 1500;
const LIMIT = 1.1;

export const notes = [
  "The same with other jobs in the store: a third is scheduled for in ten years, a third completed, a third dead, the ended ones with one attempt each; all in the " +
    "queue and at the priority of the jobs that run. The stores are filled once by direct SQL; what a measurement adds is deleted after it. The measuring process keeps them open. As ratio to the store without others: " +
    `rates (drain, 1 × 4; settle + claim) at least 1/${LIMIT}, times (\`enqueue\`, \`status\`) at most ${LIMIT}.`,
];

const MEASURES = {
  drain: { what: "drain, 1 × 4", rate: true, rounds: [3, 2], act: drainOnce },
  claim: { what: "settle 4 + claim 4", rate: true, rounds: [5, 2], act: turnsOnce },
  enqueue: { what: "enqueue", rounds: [15, 4], act: (home) => timed(ENQUEUE, home.dir) },
  status: { what: "status", rounds: [15, 4], act: (home) => timed([PROGRAM, "status"], home.dir) },
};
const ENQUEUE = [PROGRAM, "enqueue", '{"command":"true"}'];

export async function measure({ quick, skip }) {
  const homes = {};
  for (const others of quick ? [0, 100_000] : [0, 100_000, 1_000_000]) {
    if (freeBytes() < 2 * others * BYTES_PER_JOB) {
      skip(`${others.toLocaleString("en")} other jobs`, "there is too little room on the disk");
      continue;
    }
    progress(`a store with ${others.toLocaleString("en")} jobs`);
    homes[others.toLocaleString("en")] = fill(await new Home().open(), others);
  }
  // What was written goes to the disk now and not while we measure.
  await sleep(quick ? 0 : 5000);
  const rows = [];
  for (const measure of Object.values(MEASURES)) rows.push(...(await compare(measure, homes, quick)));
  for (const home of Object.values(homes)) await home.close();
  return rows;
}

async function compare({ what, rate, rounds, act }, homes, quick) {
  const acts = Object.entries(homes).map(([others, home]) => [
    others,
    () => leavingNothing(home, () => act(home, quick)),
  ]);
  progress(what);
  const { 0: empty, ...full } = await inTurns(rounds[quick ? 1 : 0], Object.fromEntries(acts));
  return Object.entries(full).map(([others, values]) =>
    compared(`${what}, ${others} other jobs`, {
      ours: values,
      other: { name: "no others", values: empty },
      ratios: ratios(values, empty),
      target: rate ? atLeast(Number((1 / LIMIT).toFixed(2))) : atMost(LIMIT),
      show: rate ? perSecond : milliseconds,
    }),
  );
}

async function drainOnce(home, quick) {
  await home.work(1, 4);
  const { rate } = await drain(home, quick ? 400 : 2000);
  await home.stop();
  return rate;
}

async function turnsOnce(home, quick) {
  const count = quick ? 200 : 1000;
  await home.enqueue(count, { command: "true" });
  return turns(home, count);
}

async function leavingNothing(home, act) {
  const { last } = home.sql.prepare("SELECT coalesce(max(seq), 0) AS last FROM jobs").get();
  const result = await act();
  home.sql.prepare("DELETE FROM jobs WHERE seq > ?").run(last);
  home.sql.pragma("wal_checkpoint(TRUNCATE)");
  return result;
}
