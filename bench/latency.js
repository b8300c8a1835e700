/** How soon an idle worker begins a job. */
import { spawnSync } from "node:child_process";
import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { enqueuePrepared } from "../src/queue/json-jobs.js";
import { Home } from "./home.js";
import { quantile, until } from "./measure.js";
import { start } from "./processes.js";
import { progress } from "./progress.js";
import { alone, atMost, milliseconds } from "./row.js";

export const notes = [
  "One worker with one slot that has nothing to do; jobs are enqueued from another process by the library, one after another, 20 to 220 ms after the one before has ended, so that a worker that has just become idle is in it too. A job is " +
    "`echo >pipe`, so its first instruction is a write, and it counts as begun when the measuring process reads that. Both clocks are that process's own. " +
    "_From enqueue's return_: from the moment when the job is on disk and the caller is told; a worker may have been quicker than that. _From its call_ includes the " +
    "transaction. Beside them, `child_process.spawn` of the same command by the measuring process, in turns with the jobs.",
];

export async function measure({ quick }) {
  const runs = quick ? 30 : 200;
  const home = await new Home().open();
  const pipe = new Pipe(join(home.folder, "pipe"));
  const command = `echo >'${pipe.path}'`;
  const taken = { "its call": [], "enqueue's return": [], spawn: [] };
  await home.work(1);
  for (let n = 0; n < runs; n++) {
    if (n % 20 === 0) progress(`job ${n} of ${runs}`);
    await sleep(20 + Math.random() * 200);
    const arrived = pipe.next();
    const job = home.prepare({ command });
    const called = performance.now();
    await enqueuePrepared(home.client, [[job]]);
    const returned = performance.now();
    const begun = await arrived;
    taken["its call"].push(begun - called);
    taken["enqueue's return"].push(begun - returned);
    await until(async () => (await home.client.jobs.get(job.id)).state === "completed");
    taken.spawn.push(await spawned(command, pipe));
  }
  pipe.close();
  await home.close();
  const row = (from, share, limit) => ({
    ...alone(`start latency from ${from}, p${share * 100}`, {
      value: quantile(taken[from], share),
      target: atMost(limit, "ms"),
      show: milliseconds,
    }),
    other: `bare spawn: ${milliseconds(quantile(taken.spawn, share))}`,
  });
  return ["enqueue's return", "its call"].flatMap((from) => [row(from, 0.5, 5), row(from, 0.95, 10)]);
}

async function spawned(command, pipe) {
  const arrived = pipe.next();
  const began = performance.now();
  const child = start("/bin/sh", ["-c", command]);
  const ms = (await arrived) - began;
  await child.ended;
  return ms;
}

/** A named pipe that tells when something arrives. */
class Pipe {
  #arrived = () => {};
  #socket;

  constructor(path) {
    this.path = path;
    if (spawnSync("mkfifo", [path]).status !== 0) throw new Error("a named pipe could not be made");
    // Open for writing as well, so that it does not end with its first writer.
    this.#socket = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
    this.#socket.on("data", () => this.#arrived(performance.now()));
  }

  next() {
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  close() {
    this.#socket.destroy();
  }
}
