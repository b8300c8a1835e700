/** What a supervisor and two workers cost when there is nothing to do. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Home } from "./home.js";
import { progress } from "./progress.js";
import { alone, atMost, megabytes } from "./row.js";

/** Of /proc/PID/stat, whatever the machine: it is part of the kernel's interface. */
const TICKS_PER_SECOND = 100;

export const notes = [
  "A supervisor and two workers that have run ten jobs each and wait, with all their processes (each slot's shell and its reader too). CPU: utime + stime of " +
    "all of them from /proc/PID/stat, over a minute that begins a minute after the start: V8 collects its garbage of the start in the first half minute. Memory: the sum of their proportional shares (PSS), where a page that several processes have in common is divided among them; " +
    "other Node processes on the machine make that smaller, so the sum of their resident sets (RSS), where it is counted each time, stands beside it.",
];

export async function measure({ quick }) {
  const [warmUp, seconds] = quick ? [5, 5] : [60, 60];
  const home = await new Home().open();
  await home.work(2);
  await home.enqueue(20, { command: "sleep 0.05" });
  progress(`${warmUp} s before the measurement`);
  await sleep(warmUp * 1000);
  progress(`${seconds} s of idleness`);
  const pids = family(home.supervisor.pid);
  const [ticks, began] = [cpuTicks(pids), performance.now()];
  await sleep(seconds * 1000);
  const share = (cpuTicks(pids) - ticks) / TICKS_PER_SECOND / ((performance.now() - began) / 1000);
  const proportional = sum(pids.map((pid) => kilobytes(pid, "smaps_rollup", "Pss")));
  const resident = sum(pids.map((pid) => kilobytes(pid, "status", "VmRSS")));
  await home.close();
  return [
    alone(`idle, supervisor + 2 workers, CPU over ${seconds} s, from ${warmUp} s after the start`, {
      value: share * 100,
      target: atMost(0.3, "% of a core"),
      show: (percent) => `${percent.toFixed(2)} %`,
    }),
    {
      ...alone(`idle, supervisor + 2 workers, PSS of ${pids.length} processes`, {
        value: (proportional * 1024) / 1e6,
        target: atMost(250, "MB"),
        show: (mb) => megabytes(mb * 1e6),
      }),
      other: `sum of their RSS: ${megabytes(resident * 1024)}`,
    },
  ];
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** A process and all that descend from it. */
function family(root) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), parent: Number(statOf(pid)?.[1]) }));
  const found = [root];
  for (const pid of found) found.push(...parents.filter(({ parent }) => parent === pid).map(({ pid }) => pid));
  return found;
}

/** The fields from the third on, after the name; undefined if the process has gone. */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1).split(" ");
  } catch {
    return undefined;
  }
}

function cpuTicks(pids) {
  return sum(
    pids.map((pid) => {
      const stat = statOf(pid);
      if (stat === undefined) throw new Error("a process ended while the queue was idle");
      return Number(stat[11]) + Number(stat[12]);
    }),
  );
}

function kilobytes(pid, file, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "latin1"))[1]);
}
