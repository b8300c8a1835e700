/** Things that go wrong, each in a home of its own. Each resolves to milliseconds, one or several, by what took them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Home } from "./home.js";
import { until } from "./measure.js";
import { queuectl } from "./processes.js";

const WORKERS = 2;
/** Kills in one home, each as soon as the one before is overcome. */
const IN_A_ROW = 5;

const often = (probe) => until(probe, 1);
const since = (start) => performance.now() - start;

export async function workerKilled() {
  const home = await new Home().open();
  await home.work(WORKERS);
  const { id, pid, worker } = await endlessJob(home, 1);
  const start = performance.now();
  process.kill(worker, "SIGKILL");
  const measured = {};
  await Promise.all([
    often(() => isGone(pid)).then(() => {
      measured["worker killed → its job's processes are dead"] = since(start);
    }),
    often(async () => (await home.client.jobs.attempts(id)).length > 1).then(() => {
      measured["worker killed → its job runs again"] = since(start);
    }),
    fullPool(home, [worker]).then(() => {
      measured["worker killed → another works in its place"] = since(start);
    }),
  ]);
  await end(home);
  return measured;
}

/** No slot is free elsewhere, so the job waits for the new worker. */
export async function busyWorkerKilled() {
  const home = await new Home().open();
  await home.work(WORKERS);
  await endlessJob(home, "neighbour");
  const times = [];
  for (let kill = 1; kill <= IN_A_ROW; kill++) {
    const { worker, again } = await endlessJob(home, kill);
    const start = performance.now();
    process.kill(worker, "SIGKILL");
    await often(again);
    times.push(since(start));
  }
  await end(home);
  return {
    "worker killed, every slot busy → its job runs again": times.slice(0, 1),
    "the same worker killed again and again → its job runs again": times.slice(1),
  };
}

export async function everythingKilled() {
  const home = await new Home().open();
  await home.work(WORKERS);
  const jobs = [await endlessJob(home, 1), await endlessJob(home, 2)];
  const pids = [home.supervisor.pid, ...(await workerPids(home))];
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await often(() => pids.every(isGone));
  const requeued = often(async () => {
    const histories = await Promise.all(jobs.map(({ id }) => home.client.jobs.attempts(id)));
    return histories.every(([first]) => first.outcome !== null) && performance.now();
  });
  const ready = await home.start(WORKERS);
  const over = Math.max(0, (await requeued) - ready);
  await end(home);
  return { "everything killed, started again and ready → all lost jobs are in the queue": over };
}

export async function supervisorKilled() {
  const home = await new Home().open();
  await queuectl(home.dir, "worker", "start", "--detach", "--count", String(WORKERS));
  const times = [];
  for (let kill = 1; kill <= IN_A_ROW; kill++) {
    const { supervisor } = await home.client.status();
    const workers = await workerPids(home);
    const start = performance.now();
    process.kill(supervisor.pid, "SIGKILL");
    await fullPool(home, workers);
    times.push(since(start));
  }
  await end(home);
  return {
    "supervisor of a detached start killed → a new one with all its workers": times.slice(0, 1),
    "that supervisor killed again and again → a new one with all its workers": times.slice(1),
  };
}

export async function workerFrozen() {
  const home = await new Home().open();
  await home.work(WORKERS);
  const { id, worker } = await endlessJob(home, 1);
  const start = performance.now();
  process.kill(worker, "SIGSTOP");
  await often(async () => (await home.client.jobs.attempts(id)).length > 1);
  const measured = { "worker frozen → killed, and its job runs again": since(start) };
  if (!isGone(worker)) throw new Error("the frozen worker still lives");
  await end(home);
  return measured;
}

/**
 * Enqueues a job whose first attempt never ends. Resolves, once it runs, to its worker, its process, and whether the
 * second attempt has begun.
 */
async function endlessJob(home, name) {
  const id = `j${name}`;
  const file = join(home.folder, id);
  const command = `echo $$ > ${file}.$QUEUECTL_ATTEMPT; [ "$QUEUECTL_ATTEMPT" -gt 1 ] || exec sleep 1000`;
  await home.client.jobs.enqueue({ id, command, maxRetries: 99 });
  const pid = await often(() => existsSync(`${file}.1`) && Number(readFileSync(`${file}.1`, "utf8")));
  const { workerId } = await home.client.jobs.get(id);
  const worker = await often(async () => (await home.client.status()).workers.find(({ id }) => id === workerId)?.pid);
  return { id, pid, worker, again: () => existsSync(`${file}.2`) };
}

/** All places of the pool are filled by workers that work, none of which is in `not`. */
async function fullPool(home, not) {
  await often(async () => {
    const { workers } = await home.client.status();
    const serving = workers.filter(({ pid, state }) => (state === "idle" || state === "busy") && !not.includes(pid));
    return serving.length === WORKERS;
  });
}

async function workerPids(home) {
  return (await home.client.status()).workers.filter(({ state }) => state !== "dead").map(({ pid }) => pid);
}

function isGone(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.startsWith("Z");
  } catch {
    return true;
  }
}

async function end(home) {
  await queuectl(home.dir, "worker", "stop", "--force");
  await home.close();
}
