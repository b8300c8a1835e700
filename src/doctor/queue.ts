/** Compares the records of the database with the facts: clock, leases, workers, files. Reads only. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { humanDuration } from "../core/text/duration.js";
import { humanSize } from "../core/text/size.js";
import type { Home } from "../home/home.js";
import { nameFlag } from "../home/pool.js";
import { leftovers } from "../queue/jobs/prune.js";
import { otherPrograms, otherProgramText, renewalOf } from "../queue/other-program.js";
import { Policies } from "../queue/policies.js";
import { isPresent } from "../queue/presence.js";
import type { Store } from "../store/contract/store.js";
import { livenessOf } from "../system/process/identity.js";
import { ownProgram } from "../system/process/program.js";
import { type Check, ok, problem, warning } from "./check.js";

/** Other processes write during the check. Milliseconds. */
const TOLERANCE_MS = 5000;
/** Most leases with a missed renewal that are checked. */
const MOST_OVERDUE = 500;

export async function checkClock(store: Store): Promise<Check> {
  const [newest] = await store.jobs.list({ order: "updated", reverse: true, limit: 1 });
  const beats = (await store.processes.list()).map(({ heartbeatAt }) => heartbeatAt);
  const ahead = Math.max(newest?.updatedAt ?? 0, ...beats) - store.clock.now();
  if (ahead <= TOLERANCE_MS) return ok("clock", "nothing was recorded later than now");
  const hint = "set the clock; jobs that were scheduled by the fast clock wait until then";
  return warning("clock", `something was recorded ${humanDuration(ahead)} from now: the clock was set back`, hint);
}

export async function checkLeases(store: Store): Promise<Check> {
  const overdue = await store.leases.overdue(MOST_OVERDUE);
  const held = await store.leases.countByWorker();
  const processes = await store.processes.list();
  const living = new Set(processes.filter((process) => livenessOf(process) !== "dead").map(({ id }) => id));
  const ownerless = await store.leases.running([...held.keys()].filter((id) => !living.has(id)));
  const now = store.clock.now();
  const expired = overdue.filter(({ workerId, expiresAt }) => living.has(workerId) && expiresAt < now);
  const stale = [...ownerless, ...expired.map(({ job }) => job)].map(({ id }) => id).sort();
  const count = [...held.values()].reduce((sum, n) => sum + n, 0);
  if (stale.length === 0) return ok("leases", `${count} job(s) are processing, each by a living worker`);
  const names = stale.slice(0, 5).join(", ") + (stale.length > 5 ? ", …" : "");
  const hint = "a running supervisor takes them back within seconds; to start one: queuectl worker start --detach";
  return warning("leases", `${stale.length} job(s) belong to workers that are dead or silent: ${names}`, hint);
}

export async function checkWorkers(store: Store): Promise<Check> {
  const processes = await store.processes.list();
  const now = store.clock.now();
  const alive = processes.filter((process) => isPresent(process, now));
  const supervisors = alive.filter(({ kind }) => kind === "supervisor");
  const workers = alive.filter(({ kind }) => kind === "worker");
  const left = workers.filter(({ supervisorId }) => !supervisors.some(({ id }) => id === supervisorId));
  const pools = [...new Set([...supervisors, ...left].map(({ pool }) => pool))];
  const degraded = supervisors.find(({ state }) => state === "degraded");
  if (degraded) {
    const message = `the workers of pool ${degraded.pool} die all the time: its supervisor is degraded`;
    return problem("workers", message, `queuectl worker logs${nameFlag(pools, degraded.pool)} says why`);
  }
  if (left.length === 0) return ok("workers", `${workers.length} worker(s), each with its supervisor`);
  const pids = left.map(({ pid }) => pid).join(", ");
  // Without a name, every other pool would be stopped too.
  const names = [...new Set(left.map(({ pool }) => pool))];
  const stops = names.map((pool) => `queuectl worker stop --force${nameFlag(pools, pool)}`);
  const hint = `they finish their jobs and leave; to end them now: ${stops.join(" && ")}`;
  return warning("workers", `${left.length} worker(s) have lost their supervisor: ${pids}`, hint);
}

/** After an upgrade, what still runs has the old code. */
export async function checkPrograms(store: Store): Promise<Check> {
  const now = store.clock.now();
  const alive = (await store.processes.list()).filter((process) => isPresent(process, now));
  const own = ownProgram();
  const others = otherPrograms(alive, own);
  if (others.length === 0) return ok("programs", "no process runs another program than this one");
  const message = others.map((other) => otherProgramText(other, own)).join("; ");
  const steps = new Set(others.flatMap((other) => renewalOf(other, own)));
  return warning("programs", message, [...steps].join("; "));
}

export async function checkOutput(store: Store, home: Home): Promise<Check> {
  const names = listed(home.outputDir);
  const sizes = names.map((name) => lstatSync(join(home.outputDir, name), { throwIfNoEntry: false })?.size ?? 0);
  const total = `${names.length} file(s) with ${humanSize(sizes.reduce((sum, size) => sum + size, 0))}`;
  if (names.length === 0) return ok("output", "no output is kept in files");
  let orphans = 0;
  for await (const _ of leftovers(store, home)) orphans++;
  if (orphans === 0) return ok("output", `${total} in ${home.outputDir}`);
  const hint = "the supervisor removes them when it starts, and once an hour";
  return warning("output", `${orphans} of ${total} belong to no attempt any more`, hint);
}

export async function checkPolicies(store: Store): Promise<Check> {
  const [error] = (await new Policies(store).unusable()).values();
  if (error === undefined) return ok("policies", "every policy can be used");
  return problem("policies", `${error.message}; jobs that name it run as configured`, error.hint ?? "");
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The folder does not exist before the first job.
    return [];
  }
}
