/**
 * A storm: at random moments a random process of the queue is killed, a supervisor, a worker, a launcher or a job's own,
 * over and over, while jobs keep coming; now and then everything stands still for a while. Three pools work side by side.
 * A supervisor that is killed is started again, as a service manager would. When the storm is over every job must have come
 * to its end, and every promise must have been kept. Some of the jobs wait for others, some share a limit key, some let
 * processes escape, and a schedule fires every second.
 *
 * The choices can be replayed by their seed; what the machine makes of them cannot.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { contextOf } from "../../src/queue/client.js";
import type { JobSpec } from "../../src/queue/jobs/spec.js";
import type { Background } from "../support/background.js";
import { waitFor } from "../support/wait-for.js";
import { Escapes } from "./escapes.js";
import { FaultBox } from "./fault-box.js";
import { Choices, LONG } from "./random.js";
import { act } from "./storm-acts.js";
import { stillLocked, witnessed } from "./witness.js";

const ACTS = LONG ? 1000 : 40;
const POOLS = ["main", "main-2", "gpu"] as const;
/** Jobs that wait or run, at any time. */
const BACKLOG = 12;
/** Of all kinds: short ones, and some that outlast what is done to them. */
const BODIES = ["true", "sleep 0.05", "sleep 0.2", "sleep 0.2 & wait", "sleep 0.6", "(sleep 0.3 & sleep 0.1)"];

let box: FaultBox | undefined;
let escapes: Escapes | undefined;
afterEach(async () => {
  await box?.dispose();
  for (const pid of escapes?.survivors ?? []) process.kill(pid, "SIGKILL");
});

it(
  `${ACTS} random kills and freezes violate nothing`,
  async () => {
    const choices = new Choices("tests/faults/storm.test.ts");
    box = new FaultBox();
    const { witnessFile } = box;
    escapes = new Escapes(box.folder);
    const killed = await storm(box, choices, escapes);
    await restartDead(box, killed.pools);
    await (await box.client()).schedules.pause("clock");
    await box.idle(120_000);
    process.stderr.write(`killed: ${JSON.stringify(killed.counts)}; jobs: ${box.acknowledged}\n`);
    const ticks = await wrongTicks(box);
    const locked = () => stillLocked(witnessFile);
    await waitFor("what escaped to be gone", () => locked().length === 0).catch(() => false);
    const escaped = locked().map((id) => `I8: ${id} has ended, and a process of it lives`);
    const verdict = [...ticks, ...escaped, ...(await box.verdict())];
    if (verdict.length > 0) process.stderr.write(`${box.logOf(verdict)}\n`);
    expect(verdict).toEqual([]);
  },
  LONG ? 3_600_000 : 180_000,
);

async function storm(box: FaultBox, choices: Choices, escapes: Escapes) {
  const client = await box.client();
  await everySecond(box);
  const counts: Record<string, number> = {};
  const made: string[] = [];
  const pools = new Map(await Promise.all(POOLS.map(async (name) => [name, await startPool(box, name)] as const)));
  for (let acts = 0; acts < ACTS; ) {
    const { pending, processing, failed, blocked } = await contextOf(client).store.jobs.counts();
    for (let n = pending + processing + failed + blocked; n < BACKLOG; n++)
      await enqueueNext(box, choices, escapes, made);
    await sleep(choices.below(250));
    const done = await act(box, choices);
    if (done === null) continue;
    acts += 1;
    counts[done] = (counts[done] ?? 0) + 1;
    // Its exit is seen a moment later.
    if (done === "supervisor") await Promise.race([...pools.values()].map(({ exited }) => exited));
    await restartDead(box, pools);
  }
  return { pools, counts };
}

type Pools = Map<(typeof POOLS)[number], Background>;

function startPool(box: FaultBox, name: string): Promise<Background> {
  return box.supervisor("--name", name, "--count", "1", "--concurrency", "2");
}

async function restartDead(box: FaultBox, pools: Pools): Promise<void> {
  for (const [name, supervisor] of pools) if (!isUp(supervisor)) pools.set(name, await startPool(box, name));
}

/** So many attempts that no storm uses them up: then every job has to end completed, or given up as interrupted. */
async function enqueueNext(box: FaultBox, choices: Choices, escapes: Escapes, made: string[]): Promise<void> {
  const lets = choices.below(4) === 0;
  const body = choices.pick(lets ? escapes.bodies : BODIES) ?? "true";
  const options = jobOptions(choices, made);
  const id = `${lets ? "e" : "j"}${made.length}`;
  made.push(id);
  await box.enqueue(id, body, { maxRetries: 1000, ...options });
}

/** A schedule that fires all the time; every tick must be fired once. */
async function everySecond(box: FaultBox): Promise<void> {
  const words = [
    "schedule",
    "add",
    "clock",
    "--seconds",
    "--cron",
    "* * * * * *",
    "--catchup",
    "all",
    "--overlap",
    "allow",
  ];
  const added = await box.run([...words, "--max-retries", "1000", "--command", witnessed(box.witnessFile, "true")]);
  expect(added.code, added.stderr).toBe(0);
}

/** What is wrong with the ticks: one that is missing between the first and the last, or one that was fired twice. */
async function wrongTicks(box: FaultBox): Promise<string[]> {
  const { store } = contextOf(await box.client());
  const fired = (await store.jobs.list({})).flatMap(({ options }) => (options.schedule ? [options.schedule.at] : []));
  const ticks = fired.sort((a, b) => a - b);
  return ticks.slice(1).flatMap((at, n) => {
    const gap = at - (ticks[n] as number);
    return gap === 1000 ? [] : [`I15: a tick ${gap} ms after another, at ${at}`];
  });
}

/** To run after one or two of the newest jobs, or as one of few. */
function jobOptions(choices: Choices, made: readonly string[]): Partial<JobSpec> {
  const kind = choices.below(4);
  if (kind === 0) return { limitKey: "disk", limit: 2 };
  if (kind > 1 || made.length < 3) return {};
  const newest = made.length - 1;
  return { after: [...new Set([newest - choices.below(3), newest])].flatMap((n) => made[n] ?? []) };
}

function isUp({ child }: Background): boolean {
  return child.exitCode === null && child.signalCode === null;
}
