/** What a supervisor and two workers cost when there is nothing to do. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { family, ownTime, sum } from "./cpu.js";
import { Home } from "./home.js";
import { progress } from "./progress.js";
import { alone, atMost, megabytes } from "./row.js";

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
  const processes = family(home.supervisor.pid);
  const pids = processes.map(({ pid }) => pid);
  const [before, began] = [ownTime(processes), performance.now()];
  await sleep(seconds * 1000);
  const share = (ownTime(processes) - before) / (performance.now() - began);
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

function kilobytes(pid, file, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "latin1"))[1]);
}
