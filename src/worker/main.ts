/**
 * Entry of the worker process: opens the store, registers, works, and announces its exit. Its supervisor speaks to it
 * over IPC. Signals that reach it directly mean the same: TERM and INT drain, a second one interrupts, QUIT kills at
 * once.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import { type Config, resolveConfig } from "../config/config.js";
import { isPermanent, ShortageError, StoreUnreachableError } from "../core/errors.js";
import { HOOK_QUEUE } from "../core/hook/hook.js";
import { homeFor, locateHome } from "../home/home.js";
import { type Log, openLog, storeTrouble, wholeMessageOf } from "../observe/log.js";
import type { Store } from "../store/contract/store.js";
import { Told } from "../store/hearing.js";
import { openStore } from "../store/open.js";
import { ownIdentity } from "../system/process/identity.js";
import { notedFileLimit } from "../system/process/limits.js";
import { ownProgram } from "../system/process/program.js";
import { findPrograms } from "../system/programs.js";
import { baseEnvironment } from "./job-environment.js";
import { type FromWorker, HEARTBEAT_MS, type ToWorker, WORKER_EXIT, type WorkerOptions } from "./protocol.js";
import { Worker } from "./worker.js";

export async function start(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "") as WorkerOptions;
  process.title = `queuectl worker ${options.id}`;
  const opened = await openLog({ format: options.logFormat, base: { worker: options.id }, file: options.logFile });
  main(options, opened).then(
    (code) => process.exit(code),
    (error) => {
      opened.log.fatal({ err: error }, `the worker cannot go on: ${wholeMessageOf(error)}`);
      process.exit(exitCodeOf(error));
    },
  );
}

function exitCodeOf(error: unknown): number {
  if (isPermanent(error)) return WORKER_EXIT.unusable;
  const mayPass = error instanceof ShortageError || error instanceof StoreUnreachableError;
  return mayPass ? WORKER_EXIT.shortage : 1;
}

/** Resolves once the message has left this process, or never can. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve();
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

async function main(options: WorkerOptions, { log, reopen }: Log): Promise<number> {
  const located = locateHome({});
  const told = new Told();
  const store = await openStore({ database: located.database, home: located.dir, hearing: told });
  const home = homeFor(located, store.installation);
  const config = configReader(options.flags, store);
  await config();
  const record = {
    ...ownIdentity(),
    id: options.id,
    kind: "worker",
    home: home.dir,
    pool: options.pool,
    supervisorId: options.supervisorId,
    state: "starting",
    restarts: options.restarts,
    queues: options.queues?.filter((name) => name !== HOOK_QUEUE) ?? null,
    slots: options.concurrency,
    program: ownProgram(),
  } as const;
  await store.processes.register(record);

  let draining = false;
  let deregistered = false;
  const sayHowItIs = async () => {
    const state = draining || worker.leaving ? "draining" : "running";
    try {
      const unknown = await store.processes.heartbeat([{ id: options.id, state, ageMs: 0 }]);
      if (unknown.length > 0 && !deregistered) await store.processes.register({ ...record, state });
    } catch (error) {
      storeTrouble(log, "writing a heartbeat", error);
    }
  };
  const worker = new Worker({
    store,
    home,
    options,
    config,
    environment: baseEnvironment(process.env, home),
    ...(findPrograms() ?? { subreaper: null, namer: null }),
    fileLimit: notedFileLimit(),
    log,
    onIdle: () => void tell({ type: "idle" }),
    onLeaving: (why) => {
      void tell({ type: "leaving", running: worker.running, why });
      void sayHowItIs();
    },
  });
  const drain = () => {
    const isNew = !draining;
    draining = true;
    // Written at once, so that an observer does not count this worker as one that stays.
    if (isNew) void sayHowItIs();
    worker.drain();
  };
  const registerAgain = () => {
    if (!deregistered) void sayHowItIs();
  };
  process.on("message", (message: ToWorker) => {
    if (message.type === "drain") drain();
    else if (message.type === "slots") worker.allow(message.slots);
    else if (message.type === "register") registerAgain();
    else if (message.type === "changed") {
      told.tell(message.about, message.hears);
      // A worker whose slots are full listens to nothing, and ends a cancelled job all the same.
      if (message.about.includes("cancel")) worker.changed(["cancel"]);
    } else if (message.type === "reopen-log") reopen();
    else worker.interrupt(message.graceMs);
  });
  process.on("disconnect", drain);
  // The supervisor may have died while the store was being opened, before we listened. All of that may have happened
  // within one turn of the event loop, and only the next turn looks at the channel.
  await nextTurn();
  if (!process.connected) drain();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => (draining ? worker.interrupt() : drain()));
  process.on("SIGQUIT", () => worker.interrupt(0));
  // The terminal or the log's reader has gone. Running jobs go on.
  process.on("SIGHUP", () => {});

  let isSaying = false;
  let isWriting = false;
  let beats = 0;
  /** Whether it was seen with a job since the last heartbeat in the store. The first one is written in any case. */
  let worked = true;
  const heartbeat = async () => {
    const { running } = worker;
    const beat = beats++;
    worked ||= running > 0;
    if (!isSaying && (worked || beat % IDLE_HEARTBEAT_EVERY === 0)) {
      isSaying = true;
      await tell({ type: "heartbeat", running });
      isSaying = false;
    }
    // A store that does not answer makes no worker silent: its supervisor would kill it, with jobs that run well.
    if (!isWriting && worked && beat % STORE_HEARTBEAT_EVERY === 0) {
      isWriting = true;
      worked = false;
      await sayHowItIs();
      isWriting = false;
    }
  };

  await tell({ type: "ready" });
  // Not awaited: a job may be waiting for this worker, and comes before a write to the store.
  void heartbeat();
  const beat = setInterval(() => void heartbeat(), HEARTBEAT_MS);
  const { ran, interrupted } = await worker.run();
  clearInterval(beat);
  deregistered = true;
  await store.processes.deregister(options.id).catch((error) => storeTrouble(log, "deregistering", error));
  await store.close();
  await tell({ type: "finished", ran, interrupted });
  return interrupted > 0 ? WORKER_EXIT.interrupted : 0;
}

/** An idle worker leaves out every other heartbeat. */
const IDLE_HEARTBEAT_EVERY = 2;
/**
 * A worker with jobs writes every fifth heartbeat to the store as well, which shows that it could renew its leases. Those
 * of an idle worker are written by its supervisor, with its own.
 */
const STORE_HEARTBEAT_EVERY = 5;

/**
 * The current configuration. Parsed again only when the stored settings have changed. It is not read at each of a
 * thousand claims a second: no user can change a setting and see the next job start within the store's interval.
 */
function configReader(flags: WorkerOptions["flags"], store: Store): () => Promise<Config> {
  let seen: string | undefined;
  let config: Config | undefined;
  let readAt = 0;
  return async () => {
    const now = store.clock.monotonic();
    if (config && now - readAt < store.pollMs.settings) return config;
    readAt = now;
    const settings = await store.settings.all();
    const text = JSON.stringify(settings);
    if (!config || text !== seen) config = resolveConfig({ stored: settings, env: process.env, flags });
    seen = text;
    return config;
  };
}
