/**
 * How long recovery takes, measured on the built program: `npm run build && node bench/recovery.js [RUNS]` prints a table
 * in Markdown (docs/guarantees.md holds one). Each line is repeated RUNS times, 20 by default; those that wait for a
 * worker to be given up as hung take 12 s each and are repeated a fifth as often.
 *
 * It looks at the queue as anybody could, through the library and the process table, about every millisecond.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Queue } from "../dist/index.mjs";

const PROGRAM = fileURLToPath(new URL("../dist/queuectl.js", import.meta.url));
const RUNS = Number(process.argv[2] ?? 20);
const WORKERS = 2;

/** A home with a supervisor, and what can be done to it. */
class Bench {
  folder = mkdtempSync(join(tmpdir(), "queuectl-bench-"));
  home = join(this.folder, "home");
  jobs = 0;

  async open() {
    this.queue = await Queue.open({ home: this.home, db: join(this.home, "queuectl.db") });
    return this;
  }

  /** In the foreground; resolves when it is ready. */
  start() {
    this.supervisor = this.#spawn("worker", "start", "--count", String(WORKERS));
    return new Promise((resolve, reject) => {
      this.supervisor.stdout.on("data", (text) => String(text).includes("started") && resolve(performance.now()));
      this.supervisor.on("exit", (code) => reject(new Error(`the supervisor ended with ${code}`)));
    });
  }

  async command(...words) {
    const child = this.#spawn(...words);
    const code = await new Promise((resolve) => child.on("exit", resolve));
    if (code !== 0) throw new Error(`queuectl ${words.join(" ")} exited with ${code}`);
  }

  #spawn(...words) {
    const env = { ...process.env, QUEUECTL_HOME: this.home };
    return spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ["ignore", "pipe", "ignore"] });
  }

  /** Enqueues a job whose first attempt never ends; resolves to its worker and its process once it runs. */
  async endlessJob() {
    const id = `j${++this.jobs}`;
    const file = join(this.folder, id);
    const command = `echo $$ > ${file}.$QUEUECTL_ATTEMPT; [ "$QUEUECTL_ATTEMPT" -gt 1 ] || exec sleep 1000`;
    await this.queue.enqueue({ id, command, max_retries: 99 });
    const pid = await until(() => existsSync(`${file}.1`) && Number(readFileSync(`${file}.1`, "utf8")));
    const { workerId } = await this.queue.get(id);
    const worker = await until(async () => (await this.queue.status()).workers.find(({ id }) => id === workerId)?.pid);
    return { id, pid, worker };
  }

  /** All places of the pool are filled by workers that work, none of which is in `not`. */
  async fullPool(not = []) {
    await until(async () => {
      const { workers } = await this.queue.status();
      const serving = workers.filter(({ pid, state }) => (state === "idle" || state === "busy") && !not.includes(pid));
      return serving.length === WORKERS;
    });
  }

  async workerPids() {
    return (await this.queue.status()).workers.filter(({ state }) => state !== "dead").map(({ pid }) => pid);
  }

  async close() {
    await this.command("worker", "stop", "--force").catch(() => {});
    await this.queue.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function until(probe) {
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    await sleep(1);
  }
}

const isGone = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.startsWith("Z");
  } catch {
    return true;
  }
};
const since = (start) => performance.now() - start;

async function workerKilled() {
  const bench = await new Bench().open();
  await bench.start();
  const { id, pid, worker } = await bench.endlessJob();
  const start = performance.now();
  process.kill(worker, "SIGKILL");
  const measured = {};
  await Promise.all([
    until(() => isGone(pid)).then(() => {
      measured["worker killed → its job's processes are dead"] = since(start);
    }),
    until(async () => (await bench.queue.attempts(id)).length > 1).then(() => {
      measured["worker killed → its job runs again"] = since(start);
    }),
    bench.fullPool([worker]).then(() => {
      measured["worker killed → another works in its place"] = since(start);
    }),
  ]);
  await bench.close();
  return measured;
}

async function everythingKilled() {
  const bench = await new Bench().open();
  await bench.start();
  const jobs = [await bench.endlessJob(), await bench.endlessJob()];
  const workers = await bench.workerPids();
  for (const pid of [bench.supervisor.pid, ...workers]) process.kill(pid, "SIGKILL");
  await until(() => [bench.supervisor.pid, ...workers].every(isGone));
  const requeued = until(async () => {
    const histories = await Promise.all(jobs.map(({ id }) => bench.queue.attempts(id)));
    return histories.every(([first]) => first.outcome !== null) && performance.now();
  });
  const ready = await bench.start();
  const over = Math.max(0, (await requeued) - ready);
  await bench.close();
  return { "everything killed, started again and ready → all lost jobs are in the queue": over };
}

async function supervisorKilled() {
  const bench = await new Bench().open();
  await bench.command("worker", "start", "--detach", "--count", String(WORKERS));
  const { supervisor } = await bench.queue.status();
  const workers = await bench.workerPids();
  const start = performance.now();
  process.kill(supervisor.pid, "SIGKILL");
  await bench.fullPool(workers);
  const measured = { "supervisor of a detached start killed → a new one with all its workers": since(start) };
  await bench.close();
  return measured;
}

async function workerFrozen() {
  const bench = await new Bench().open();
  await bench.start();
  const { id, worker } = await bench.endlessJob();
  const start = performance.now();
  process.kill(worker, "SIGSTOP");
  await until(async () => (await bench.queue.attempts(id)).length > 1);
  const measured = { "worker frozen → killed, and its job runs again": since(start) };
  if (!isGone(worker)) throw new Error("the frozen worker still lives");
  await bench.close();
  return measured;
}

const found = new Map();
for (const [scenario, runs] of [
  [workerKilled, RUNS],
  [everythingKilled, RUNS],
  [supervisorKilled, RUNS],
  [workerFrozen, Math.max(1, Math.round(RUNS / 5))],
]) {
  for (let run = 0; run < runs; run++) {
    for (const [what, ms] of Object.entries(await scenario())) found.set(what, [...(found.get(what) ?? []), ms]);
  }
}

const show = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
console.log(`${cpus().length} cores, ${process.platform}, Node ${process.versions.node}\n`);
console.log("| from → to | median | worst | runs |\n|---|---|---|---|");
for (const [what, times] of found) {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`| ${what} | ${show(median)} | ${show(sorted.at(-1))} | ${times.length} |`);
}
