/** How fast jobs that do nothing are run, beside xargs and beside other queues. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drain } from "./drain-home.js";
import { Home } from "./home.js";
import { inTurns, ratios } from "./measure.js";
import { availablePeers } from "./peers/peers.js";
import { start } from "./processes.js";
import { atLeast, compared, moreThan, perSecond } from "./row.js";
import { newFolder } from "./workspace.js";

const SHAPES = [
  [1, 4],
  [2, 2],
  [4, 1],
];
const nameOf = ([workers, slots]) => `${workers} × ${slots}`;

export const notes = [
  "Jobs of `sh -c true`, four at a time, as jobs per second. They were enqueued before, and the workers were ready and waited at a " +
    "paused queue; the time runs from the moment before it is resumed until the last attempt's end is recorded, so a worker's start is " +
    "not in it and all bookkeeping is. _w × s_ is w workers with s slots each. Log lines go to a file.",
  "The floor is `xargs -P4 -n1 sh -c true` with as many lines of input, from its start to its end. It records nothing.",
  "Peers run four at a time as well, with their jobs enqueued before, and are compared with 1 × 4. They run fewer jobs than queuectl does, because " +
    "some of them get slower with every job that waits. task-spooler: `tsp -n`, a job that blocks the only slot, then four slots at once. nq runs one job at a " +
    "time, so it gets four queues, each behind a job that waits. The libraries start `sh -c true` by `child_process.spawn` in one Node process, with " +
    "concurrency 4 (plainjob: four workers) and otherwise their defaults, servers as they were found. pg-boss fetches jobs on a timer, so it gets batches of 250 and works four at a time through each.",
];

export async function measure({ quick, skip }) {
  const jobs = quick ? 600 : 8000;
  const input = join(newFolder("xargs"), "input");
  writeFileSync(input, "x\n".repeat(jobs));
  const peers = await availablePeers(skip);
  const values = await inTurns(quick ? 2 : 3, {
    xargs: () => xargs(input, jobs),
    ...Object.fromEntries(SHAPES.map((shape) => [nameOf(shape), () => queuectl(shape, jobs)])),
    ...Object.fromEntries(peers.map((peer) => [peer.name, () => peer.rate(quick)])),
  });
  return [
    ...SHAPES.map(nameOf).map((shape) =>
      compared(`drain, ${shape}`, {
        ours: values[shape],
        other: { name: "xargs -P4", values: values.xargs },
        ratios: ratios(values[shape], values.xargs),
        target: atLeast(0.8),
        show: perSecond,
      }),
    ),
    ...peers.map((peer) =>
      compared("drain, 1 × 4", {
        ours: values["1 × 4"],
        other: { name: `${peer.name} ${peer.version}`.trim(), values: values[peer.name] },
        ratios: ratios(values["1 × 4"], values[peer.name]),
        target: moreThan(1),
        show: perSecond,
      }),
    ),
  ];
}

async function xargs(input, jobs) {
  const lines = openSync(input);
  const began = performance.now();
  const code = await start("xargs", ["-P4", "-n1", "sh", "-c", "true"], { stdio: [lines, "ignore", "ignore"] }).ended;
  closeSync(lines);
  if (code !== 0) throw new Error(`xargs exited with ${code}`);
  return (jobs / (performance.now() - began)) * 1000;
}

async function queuectl([workers, slots], jobs) {
  const home = await new Home().open();
  await home.work(workers, slots);
  const rate = await drain(home, jobs);
  await home.close();
  return rate;
}
