/** What jobs that do nothing cost and how fast they are run, beside xargs and beside other queues. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTime } from "./cpu.js";
import { drain } from "./drain-home.js";
import { Home } from "./home.js";
import { inTurns, median, ratios } from "./measure.js";
import { availablePeers } from "./peers/peers.js";
import { start } from "./processes.js";
import { atLeast, compared, microseconds, moreThan, perSecond } from "./row.js";
import { newFolder } from "./workspace.js";

const SHAPES = [
  { name: "1 × 4", workers: 1, slots: 4 },
  { name: "2 × 2", workers: 2, slots: 2 },
  { name: "4 × 1", workers: 4, slots: 1 },
];

/** A builtin, a program, and what only a shell can run. The targets are for 1 × 4. */
const COMMANDS = [
  { command: "true", target: atLeast(1.5) },
  { command: "/bin/true", target: atLeast(1.15) },
  { command: "true; true", target: atLeast(0.65) },
];

const XARGS = ["-P4", "-n1"];
/** Without a shell: one program a job, as we start it. */
const BARE = { name: "xargs -P4 -n1 /bin/true", words: ["/bin/true"] };
const viaShell = (command) => ({
  name: `xargs -P4 -n1 sh -c ${command.includes(" ") ? `'${command}'` : command}`,
  words: ["sh", "-c", command],
});

export const notes = [
  "Jobs that do nothing, four at a time. They were enqueued before, and the workers were ready and waited at a paused queue; it is measured from the moment before it is resumed until the last " +
    "attempt's end is recorded, so a worker's start is not in it and all bookkeeping is. _w × s_ is w workers with s slots each. Log lines go to a file. The other side is `xargs` with as many lines of input, " +
    "from its start to its end. It records nothing.",
  "_CPU_ is processor time a job, user and system, of all processes of each side; the ratio is that of the other side to ours, so more is better. _Rate_ is jobs per second by the clock.",
  "What each side executes for a job. `true`: xargs executes `sh`, which has it as a builtin; our launcher's fork is a shell already and executes nothing. `/bin/true`: `xargs … sh -c` executes `sh`, " +
    "which becomes the program: two; `xargs … /bin/true` and we execute one. `true; true` stands for every command that needs a shell of its own: both sides execute `sh`, once.",
  "_Where the processor time of a job goes_: `worker` is the worker processes and their supervisor, `launcher` the shells that start jobs, `command` the jobs themselves, from the fork on (utime, stime, cutime and cstime " +
    "of /proc/PID/stat, before and after).",
  "Peers run `sh -c true`, four at a time as well, with their jobs enqueued before, and are compared with 1 × 4, by the clock. They all execute `sh`, so our rate for `true; true`, which does too, stands beside that for `true`. They run fewer jobs than queuectl does, because " +
    "some of them get slower with every job that waits. task-spooler: `tsp -n`, a job that blocks the only slot, then four slots at once. nq runs one job at a " +
    "time, so it gets four queues, each behind a job that waits. The libraries start `sh -c true` by `child_process.spawn` in one Node process, with " +
    "concurrency 4 (plainjob: four workers) and otherwise their defaults, servers with theirs. pg-boss fetches jobs on a timer, so it gets batches of 250 and works four at a time through each.",
];

export async function measure({ quick, skip }) {
  const jobs = quick ? 600 : 4000;
  const input = join(newFolder("xargs"), "input");
  writeFileSync(input, "x\n".repeat(jobs));
  const floors = [...COMMANDS.map(({ command }) => viaShell(command)), BARE];
  const ours = COMMANDS.flatMap(({ command }) => SHAPES.map((shape) => ({ command, shape })));
  const peers = await availablePeers(skip);
  const runs = await inTurns(quick ? 2 : 3, {
    ...Object.fromEntries(floors.map(({ name, words }) => [name, () => xargs(words, input, jobs)])),
    ...Object.fromEntries(ours.map((one) => [nameOf(one), () => queuectl(one, jobs)])),
    ...Object.fromEntries(peers.map((peer) => [peer.name, async () => ({ rate: await peer.rate(quick) })])),
  });
  const valuesOf = (name, key) => runs[name].map((run) => run[key]);

  const cpu = (one, floor, target) =>
    compared(`CPU of a job, \`${one.command}\`, ${one.shape.name}`, {
      ours: valuesOf(nameOf(one), "cpu"),
      other: { name: floor.name, values: valuesOf(floor.name, "cpu") },
      ratios: ratios(valuesOf(floor.name, "cpu"), valuesOf(nameOf(one), "cpu")),
      target,
      show: microseconds,
    });
  const rate = (one, name, label, target) =>
    compared(`rate, \`${one.command}\`, ${one.shape.name}`, {
      ours: valuesOf(nameOf(one), "rate"),
      other: { name: label, values: valuesOf(name, "rate") },
      ratios: ratios(valuesOf(nameOf(one), "rate"), valuesOf(name, "rate")),
      target,
      show: perSecond,
    });
  const [first] = SHAPES;
  const best = (command) => ({ command, shape: first });
  const needsShell = COMMANDS.at(-1).command;
  return {
    rows: [
      ...COMMANDS.flatMap(({ command, target }) =>
        SHAPES.map((shape) => cpu({ command, shape }, viaShell(command), shape === first ? target : undefined)),
      ),
      cpu(best("/bin/true"), BARE),
      ...["2 × 2", "4 × 1"].map((name, i) => besideFirst(runs, name, [0.8, 0.6][i])),
      ...ours.map((one) => rate(one, viaShell(one.command).name, viaShell(one.command).name)),
      ...peers.flatMap(({ name, version }) => {
        const label = `${name} ${version}`.trim();
        return [rate(best("true"), name, label, moreThan(1)), rate(best(needsShell), name, label)];
      }),
    ],
    table: { title: "Where the processor time of a job goes", cells: parts(ours, floors, runs) },
  };
}

const nameOf = ({ command, shape }) => `${command}, ${shape.name}`;

/** How much of what one worker reaches several reach. */
function besideFirst(runs, name, limit) {
  const cost = (shape) => runs[`true, ${shape}`].map(({ cpu }) => cpu);
  return compared(`CPU of a job, \`true\`, ${name}`, {
    ours: cost(name),
    other: { name: "1 × 4", values: cost("1 × 4") },
    ratios: ratios(cost("1 × 4"), cost(name)),
    target: atLeast(limit),
    show: microseconds,
  });
}

function parts(ours, floors, runs) {
  const show = (name, key) =>
    runs[name][0][key] === undefined ? "" : microseconds(median(runs[name].map((run) => run[key])));
  const names = [
    ...ours.map((one) => ({ label: `\`${one.command}\`, ${one.shape.name}`, name: nameOf(one) })),
    ...floors.map(({ name }) => ({ label: `\`${name}\``, name })),
  ];
  return [
    ["", "worker", "launcher", "command", "all"],
    ...names.map(({ label, name }) => [
      label,
      ...["worker", "launcher", "command", "cpu"].map((key) => show(name, key)),
    ]),
  ];
}

async function xargs(words, input, jobs) {
  const lines = openSync(input);
  const began = performance.now();
  const { result: code, ms } = await withTime(
    () => start("xargs", [...XARGS, ...words], { stdio: [lines, "ignore", "ignore"] }).ended,
  );
  const rate = (jobs / (performance.now() - began)) * 1000;
  closeSync(lines);
  if (code !== 0) throw new Error(`xargs exited with ${code}`);
  return { rate, cpu: ms / jobs };
}

async function queuectl({ command, shape }, jobs) {
  const home = await new Home().open();
  await home.work(shape.workers, shape.slots);
  const { rate, ...cost } = await drain(home, jobs, command);
  await home.close();
  return { rate, ...cost, cpu: cost.worker + cost.launcher + cost.command };
}
