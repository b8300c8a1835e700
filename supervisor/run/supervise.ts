/**
 * The supervisor process: takes the home, wires the actor to signals, workers and store, and runs until it is told to
 * stop. `worker start` calls it in the foreground. A detached start is the same with its output in the log file.
 */
import { type Config, resolveConfig, type SettingKey } from "../../src/config/config.js";
import { ConflictError, QueuectlError, ShortageError } from "../../src/core/errors.js";
import type { LogFormat } from "../../src/core/log-format.js";
import { type Home, homeFor, makeOutputDirectory, prepareHome } from "../../src/home/home.js";
import { journalFinding } from "../../src/home/journal.js";
import { poolOf } from "../../src/home/pool.js";
import { openLog, storeTrouble } from "../../src/observe/log.js";
import { supervisorLeft, supervisorReady } from "../../src/observe/supervisor-log.js";
import type { Store } from "../../src/store/contract/store.js";
import { checkBeforeHome, openStore } from "../../src/store/open.js";
import { diskTrouble } from "../../src/system/disk-trouble.js";
import { identityOf, ownIdentity } from "../../src/system/process/identity.js";
import { ownProgram } from "../../src/system/process/program.js";
import { makeFilesPrivate } from "../../src/system/programs.js";
import { newJobId } from "../../src/system/random-id.js";
import type { RecyclingLimits } from "../../src/worker/protocol.js";
import { MEANT } from "../control/keeper.js";
import { failureOf, isDetached, tellStarter } from "../control/ready-report.js";
import { checkLimits } from "../control/required-limits.js";
import { refuseOtherDatabase, yieldToOther } from "../lock/database-owner.js";
import { inheritedWorkers } from "../lock/pid-file.js";
import { becomeSupervisor, type Instance } from "../lock/single-instance.js";
import { initialState, type Mode } from "../pure/state.js";
import { Actor } from "./actor.js";
import { watchRemaining } from "./drain-progress.js";
import { GapWatch } from "./gap-watch.js";
import { Housekeeping } from "./housekeeping.js";
import { Notifier } from "./notify.js";
import { Reaper } from "./reaper.js";
import { relayChanges } from "./relay.js";
import { Scheduling } from "./scheduling.js";
import { listenForSignals } from "./signals.js";
import { WorkerProcesses } from "./worker-processes.js";

/** Pids. */
export interface StartedPool {
  readonly pool: string;
  readonly pid: number;
  readonly workers: readonly number[];
}

export interface SupervisorOptions {
  readonly home: Home;
  /** Name of the pool. Null: the first free one of main, main-2, main-3, … */
  readonly pool: string | null;
  /** Number of worker processes. Null: the setting `worker-count`. */
  readonly count: number | null;
  /** Slots of each worker. Null: the setting `concurrency`. */
  readonly concurrency: number | null;
  /** Null: every queue. */
  readonly queues: readonly string[] | null;
  readonly mode: Mode;
  readonly recycling: RecyclingLimits;
  readonly flags: Partial<Record<SettingKey, number>>;
  /** Null: JSON in the background, and text in the foreground. */
  readonly logFormat: LogFormat | null;
  /** Every worker is ready. Not called in once mode, nor if a starting command gets the report instead. */
  onReady(started: StartedPool): void;
  /** In once mode: number of jobs that ran, 1 or 0. */
  onRan?(jobs: number): void;
  /** In drain mode, now and then: number of jobs still to end. */
  onRemaining?(jobs: number): void;
}

/**
 * Resolves to the exit code when the supervisor has stopped.
 * @throws ConflictError if another supervisor has the pool of this name, if another home has this database, or if this
 * home works on another one
 * @throws UnusableError if the home or the database cannot be used
 * @throws QueuectlError `shortage`: they cannot be used now, but the same start may succeed later
 */
export async function supervise(options: SupervisorOptions): Promise<number> {
  try {
    return await superviseHome(options);
  } catch (thrown) {
    const error = startError(thrown);
    await tellStarter(failureOf(error));
    throw error;
  }
}

/** A shortage gets an exit code of its own, which tells keepers and service managers to try again. */
function startError(thrown: unknown): unknown {
  const error = diskTrouble(thrown) ?? thrown;
  if (!(error instanceof ShortageError)) return error;
  return new QueuectlError("shortage", error.message, { hint: error.hint, cause: error });
}

/**
 * Other pools of this home may still finish jobs on a database whose journal was deleted. To open it now would make a
 * second journal beside theirs. A keeper tries again.
 */
async function leaveTornDatabase(home: Home): Promise<void> {
  const torn = await journalFinding(home);
  if (torn !== null) throw new ConflictError(torn.message, torn.hint);
}

async function superviseHome(options: SupervisorOptions): Promise<number> {
  const { home: located, flags } = options;
  await checkBeforeHome(located);
  prepareHome(located, options.pool === null ? undefined : poolOf(located, options.pool));
  // A supervisor and its workers keep no other file system from being unmounted. No relative path is used from here on.
  process.chdir(located.dir);
  await leaveTornDatabase(located);
  makeFilesPrivate(located.outputDir);
  const id = newJobId();
  const identity = ownIdentity();
  const keeper = isDetached() ? identityOf(process.ppid) : null;
  const inherited = options.pool === null ? null : inheritedWorkers(poolOf(located, options.pool).pidFile, keeper);
  const given = inherited ?? options.count;
  const me = { ...identity, id, keeper, workers: given ?? 1, db: located.database.shown };
  const instance = await becomeSupervisor(located, options.pool, me);
  let comesBack = false;
  try {
    refuseOtherDatabase(located, id);
    const store = await openStore({ database: located.database, home: located.dir });
    const home = homeFor(located, store.installation);
    makeOutputDirectory(home);
    const config = async (): Promise<Config> =>
      resolveConfig({ stored: await store.settings.all(), env: process.env, flags });
    try {
      const { values } = await config();
      const count = options.mode === "once" ? 1 : (given ?? values["worker-count"]);
      const concurrency = options.mode === "once" ? 1 : (options.concurrency ?? values.concurrency);
      checkLimits({ count, concurrency });
      if (count !== me.workers) await instance.scaled(count);
      const record = {
        ...identity,
        id,
        kind: "supervisor",
        home: home.dir,
        pool: instance.pool.name,
        supervisorId: null,
        state: "starting",
        restarts: 0,
        queues: null,
        slots: 0,
        program: ownProgram(),
      } as const;
      await store.processes.register(record);
      await yieldToOther(home, store, id);
      const graceMs = values["grace-period"];
      const code = await run({ ...options, home, count, concurrency, id, record, instance, store, config, graceMs });
      comesBack = keeper !== null && !MEANT.includes(code);
      return code;
    } finally {
      await store.close();
    }
  } finally {
    await instance.release(comesBack);
  }
}

type Run = Omit<SupervisorOptions, "pool" | "count" | "concurrency"> & {
  readonly count: number;
  readonly concurrency: number;
  readonly id: string;
  readonly record: Parameters<Store["processes"]["register"]>[0];
  readonly instance: Instance;
  readonly store: Store;
  readonly config: () => Promise<Config>;
  readonly graceMs: number;
};

const SELDOM_MS = 60_000;

/** What is tried each second would fill the log. */
function seldom(say: (error: unknown) => void): (error: unknown) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    const now = performance.now();
    if (now - saidAt < SELDOM_MS) return;
    saidAt = now;
    say(error);
  };
}

async function run(options: Run): Promise<number> {
  const { id, instance, store, home, config, mode, concurrency } = options;
  const { name, logFile: file } = instance.pool;
  const logFile = isDetached() ? file : null;
  const logFormat = options.logFormat ?? (isDetached() ? "json" : "text");
  const { log, reopen } = await openLog({ format: logFormat, base: { supervisor: id, pool: name }, file: logFile });
  const notifier = new Notifier(process.env, log);
  const once = mode === "once";
  const pool = new WorkerProcesses(home, {
    supervisorId: id,
    pool: name,
    concurrency,
    queues: options.queues,
    once,
    recycling: options.recycling,
    flags: options.flags,
    logFormat,
    logFile,
  });
  const unwritten = seldom((error) => log.warn({ err: error }, "the PID file could not be written again"));
  const gaps = new GapWatch(store.clock);
  let deregistered = false;
  const registerAgain = async (ids: readonly string[]) => {
    for (const workerId of ids) pool.tell(workerId, { type: "register" });
    if (ids.includes(id) && !deregistered) await store.processes.register({ ...options.record, state: "running" });
  };
  const reaper = new Reaper({
    supervisorId: id,
    pool: name,
    registerAgain,
    slots: concurrency,
    store,
    home,
    config,
    log,
    gaps,
  });
  const actor = new Actor(initialState({ id, mode, graceMs: options.graceMs, slots: concurrency }), {
    log,
    store,
    pool,
    reaper,
    gaps,
    queues: options.queues,
    graceMs: async () => (await config()).values["grace-period"],
    reopenLog: reopen,
    notifier,
    onReady: (workers) => {
      notifier.ready(workers.length);
      const started = { pool: name, pid: process.pid, workers };
      if (isDetached()) {
        supervisorReady(log, process.pid, workers);
        void tellStarter({ type: "ready", ...started });
      } else if (!once) options.onReady(started);
    },
    onRan: (jobs) => options.onRan?.(jobs),
    onScaled: (workers) => {
      instance.scaled(workers).catch(unwritten);
    },
    keepNamed: () => instance.keepNamed().catch(unwritten),
  });
  // Until the end of this process: another ^C during the clean-up must not leave our records behind.
  listenForSignals(actor.send);
  const { onRemaining } = options;
  const stopWatching = mode === "drain" && onRemaining ? watchRemaining(store, options.queues, onRemaining) : () => {};
  actor.send({ type: "start", count: options.count, others: once ? 0 : await reaper.countOthers() });
  const stopRelaying = relayChanges({ store, pool, log });
  const housekeeping = new Housekeeping({ store, home, config, log });
  const scheduling = new Scheduling({ store, log });
  if (!once) housekeeping.start();
  // A supervisor that leaves when no job is left would never leave if it enqueued jobs itself.
  if (mode === "run") scheduling.start();
  const code = await actor.exit;
  stopWatching();
  stopRelaying();
  await housekeeping.stop();
  await scheduling.stop();
  if (!once) supervisorLeft(log, code);
  deregistered = true;
  await store.processes.deregister(id).catch((error) => storeTrouble(log, "deregistering", error));
  return code;
}
