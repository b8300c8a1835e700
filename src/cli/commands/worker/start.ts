import { MOST_WORKERS, parseSetting, type SettingKey } from "../../../config/config.js";
import { UsageError } from "../../../core/errors.js";
import { HOOK_QUEUE } from "../../../core/hook/hook.js";
import { checkName } from "../../../core/job/ids.js";
import { LOG_FORMATS } from "../../../core/log-format.js";
import { parseWhole } from "../../../core/text/number.js";
import { parseSize } from "../../../core/text/size.js";
import { visible } from "../../../core/text/visible.js";
import { type Home, locateHome } from "../../../home/home.js";
import { MAIN_POOL, ownNameFlag } from "../../../home/pool.js";
import { ranToJson, type StartedPool, startedPoolToJson } from "../../../json/worker.js";
import { closeInherited } from "../../../system/process/descriptors.js";
import { noteFileLimit } from "../../../system/process/limits.js";
import { checkEnvironment } from "../../../system/utf8.js";
import { decodeNames } from "../../../system/variable-names.js";
import { BaseCommand } from "../../base/command.js";
import { oneOf } from "../../input/one-of.js";
import { Command, Option } from "../../parse/clipanion.js";
import { asTyped } from "../../parse/typed-options.js";
import { Countdown } from "../../terminal/countdown.js";
import { openProgress } from "../../terminal/progress.js";
import { poolFlag } from "./pool-command.js";

/** With less than a worker needs, each would be replaced after its first job. */
const LEAST_RSS = 16 * 1024 * 1024;

function memorySize(text: string): number {
  const bytes = parseSize(text, "--max-rss");
  if (bytes >= LEAST_RSS) return bytes;
  throw new UsageError(`--max-rss is ${JSON.stringify(text)}`, "a worker needs more than 16M; give for example 300M");
}

export class WorkerStartCommand extends BaseCommand {
  static override paths = [["worker", "start"]];
  static override usage = Command.Usage({
    description: "Start workers and supervise them until they are stopped",
    details:
      "Stop it with queuectl worker stop, ^C or SIGTERM: running jobs may finish, however long they take, unless " +
      "--grace sets a limit. Any number of pools work side by side. Without --name a start in the foreground takes the " +
      "next free name: main, main-2, main-3 and so on. With --detach the name is main. Exit code 6: a pool of the " +
      "given name runs.",
    examples: [
      ["Three workers in the background", "queuectl worker start --count 3 --detach"],
      ["Work until no job is left", "queuectl worker start --drain"],
      ["A pool of its own for one queue", "queuectl worker start --name gpu --queue gpu --detach"],
    ],
  });

  name = Option.String("--name", { description: "POOL | name of this pool of workers" });
  count = Option.String("--count", { description: "N | number of workers; default: worker-count, which is 1" });
  concurrency = Option.String("--concurrency", {
    description: "N | jobs that each worker runs at once; default: concurrency, which is 1",
  });
  queues = Option.Array("--queue", { description: "NAME | only jobs of this queue; may be repeated" });
  grace = Option.String("--grace", { description: "DURATION | how long running jobs may go on after a stop" });
  poll = Option.String("--poll", { description: "DURATION | how often an idle worker looks for work" });
  maxJobs = Option.String("--max-jobs", { description: "N | replace a worker after this many jobs" });
  maxRss = Option.String("--max-rss", { description: "SIZE | replace a worker that uses more memory after a job" });
  detach = Option.Boolean("--detach", false, {
    description: "in the background; returns when it is ready (also: --daemon)",
  });
  foreground = Option.Boolean("--foreground", false, { description: "in this terminal, which is the default" });
  once = Option.Boolean("--once", false, { description: "run one job that is due, then exit" });
  log = Option.String("--log", {
    description: "text|json | lines of the log; default: text, in the background json",
  });
  drain = Option.Boolean("--drain", false, {
    description: "exit when nothing is due, processing or waiting for a retry",
  });

  override async execute(): Promise<number> {
    closeInherited();
    const { isDetached } = await import("../../../../supervisor/control/ready-report.js");
    if (isDetached()) decodeNames(process.env);
    else noteFileLimit();
    // It is handed on to the jobs.
    checkEnvironment();
    const home = locateHome(this.location());
    const options = this.#options();
    const pool = poolFlag(this.name);
    const { checkStartEnvironment } = await import("../../../../supervisor/control/start-environment.js");
    checkStartEnvironment(options.flags);
    const { checkLimits } = await import("../../../../supervisor/control/required-limits.js");
    checkLimits({ count: options.count ?? 1, concurrency: options.concurrency ?? 1 });
    if (this.detach) {
      const { refuseToDetach } = await import("../../../../supervisor/run/service-manager.js");
      refuseToDetach(process.env);
      const { startDetached } = await import("../../../../supervisor/control/detach.js");
      await this.#report(home, await startDetached(home, pool ?? MAIN_POOL, this.#words()));
      return 0;
    }
    this.context.release();
    const { supervise } = await import("../../../../supervisor/run/supervise.js");
    const progress = openProgress(this.json);
    const countdown = new Countdown();
    let isReady = false;
    try {
      return await supervise({
        home,
        // The command that started it in the background named it.
        pool,
        ...options,
        onReady: (started) => {
          void this.#report(home, started).then(() => {
            isReady = true;
          });
        },
        onRan: (jobs) => this.#reportRan(jobs),
        ...(progress.visible && {
          onRemaining: (left) => {
            const counted = countdown.next(left);
            // Not before: the report would be printed on the bar's line.
            if (isReady) progress.update({ doing: "Working", ...counted });
          },
        }),
      });
    } finally {
      progress.stop();
    }
  }

  /** @throws UsageError */
  #options() {
    if (this.once && this.drain) throw new UsageError("--once and --drain cannot be combined", "give one of them");
    if (this.once && this.detach) throw new UsageError("--once and --detach cannot be combined", "give one of them");
    if (this.foreground && this.detach)
      throw new UsageError("--foreground and --detach cannot be combined", "give one of them");
    const count = workers(this.count, "--count");
    const concurrency = workers(this.concurrency, "--concurrency");
    if (this.once && (count ?? 1) * (concurrency ?? 1) > 1)
      throw new UsageError("--once runs one job, so it has one worker", "leave out --count and --concurrency");
    const logFormat = this.log === undefined ? null : oneOf(this.log, "--log", LOG_FORMATS);
    const mode = this.once ? ("once" as const) : this.drain ? ("drain" as const) : ("run" as const);
    const queues = this.queues ? withHooks(this.queues.map((name) => checkName("queue", name))) : null;
    return { count, concurrency, queues, mode, recycling: this.#recycling(), flags: this.#settings(), logFormat };
  }

  #recycling() {
    const { maxJobs, maxRss } = this;
    return {
      maxJobs: maxJobs === undefined ? null : parseWhole(maxJobs, "--max-jobs", 1, Number.MAX_SAFE_INTEGER),
      maxRssBytes: maxRss === undefined ? null : memorySize(maxRss),
    };
  }

  #settings(): Partial<Record<SettingKey, number>> {
    const flags: Partial<Record<SettingKey, number>> = {};
    if (this.grace !== undefined) flags["grace-period"] = parseSetting("grace-period", this.grace, "--grace");
    if (this.poll !== undefined)
      flags["worker-poll-interval"] = parseSetting("worker-poll-interval", this.poll, "--poll");
    return flags;
  }

  /** The same call without --detach, for the process in the background. */
  #words(): string[] {
    const { count, concurrency, grace, poll, maxJobs, maxRss, log } = this;
    const values = { count, concurrency, grace, poll, log, "max-jobs": maxJobs, "max-rss": maxRss };
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const words = given.map(([name, value]) => `--${name}=${value}`);
    for (const name of this.queues ?? []) words.push(`--queue=${name}`);
    return this.drain ? [...words, "--drain"] : words;
  }

  #reportRan(jobs: number): void {
    if (this.json) this.printJson(ranToJson(jobs));
    else if (jobs === 0) this.print("No job is due");
  }

  async #report(home: Home, started: StartedPool): Promise<void> {
    const { pool, pid, workers, logFile } = started;
    const { livingPools } = await import("../../../home/pid-file.js");
    const others = livingPools(home).filter(({ name }) => name !== pool);
    if (this.json) return this.printJson(startedPoolToJson(started, others));
    this.print(`Supervisor ${pid} started ${workers.length} worker(s): ${workers.join(", ")}`);
    if (others.length > 0) {
      const beside = others.map(({ name, supervisor }) => `${name} (pid ${supervisor.pid})`);
      this.print(`This is pool ${pool}, beside ${beside.join(", ")}`);
    }
    if (logFile !== undefined) this.print(`Log: ${visible(logFile)}`);
    if (others.length > 0) this.print(asTyped(`To stop this pool: queuectl worker stop --name ${pool}`));
    else if (logFile !== undefined) this.print(asTyped(`To stop: queuectl worker stop${ownNameFlag(pool)}`));
  }
}

/** Null: the configuration has the number. */
function workers(text: string | undefined, flag: string): number | null {
  return text === undefined ? null : parseWhole(text, flag, 1, MOST_WORKERS);
}

/** Perhaps no other supervisor runs the hooks of these queues' jobs. */
function withHooks(queues: readonly string[]): string[] {
  return [...new Set([...queues, HOOK_QUEUE])];
}
