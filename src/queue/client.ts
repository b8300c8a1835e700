/**
 * The queue as its users see it: the façade for the command line, the library and later HTTP. It adds what is not a
 * database's business: validation, ids from prefixes, configuration, files, and the liveness of processes.
 */
import type { QueueContext } from "../attempt/reclaim.js";
import { type Config, resolveConfig } from "../config/config.js";
import type { Clock } from "../core/clock.js";
import { type Absence, absenceOf } from "../home/absence.js";
import { checkHome, type Home, type HomeOptions, homeFor, locateHome, prepareHome } from "../home/home.js";
import { checkJournal } from "../home/journal.js";
import { databaseExists, isEmptyFile } from "../store/location.js";
import { checkBeforeHome, openEmptyStore, openStore } from "../store/open.js";
import { Jobs } from "./jobs/jobs.js";
import { checkOptions } from "./options.js";
import { Outputs } from "./outputs.js";
import { Policies } from "./policies.js";
import { Queues } from "./queues.js";
import { Schedules } from "./schedules.js";
import { Settings } from "./settings.js";
import type { Status } from "./status.js";

export interface ClientOptions extends HomeOptions {
  /**
   * Whether to make a missing home and database. False: a missing queue is an empty one, and a change of it is lost.
   * Default true. @internal
   */
  readonly create?: boolean;
  /** For tests. @internal */
  readonly clock?: Clock;
  /** Called with the database's name when a call has begun to wait for a server that does not answer. @internal */
  readonly onWaiting?: (database: string) => void;
}

/** The store and its companions, for src/queue itself and for the supervisor. Faces of the queue do not use it. */
export let contextOf: (client: Client) => QueueContext;

export class Client {
  readonly home: Home;
  /** Why there is no queue, or no home. Null: both are there. @internal */
  readonly absence: Absence | null;
  readonly jobs: Jobs;
  /** The limits, pauses and hooks of queues. */
  readonly queues: Queues;
  /** Jobs that are enqueued by the clock. */
  readonly schedules: Schedules;
  /** The policies that jobs may name. */
  readonly policies: Policies;
  /** The stored configuration. */
  readonly settings: Settings;
  /** What the attempts of jobs wrote. */
  readonly outputs: Outputs;
  readonly #context: QueueContext;

  static {
    contextOf = (client) => client.#context;
  }

  private constructor(context: QueueContext, absence: Absence | null) {
    this.#context = context;
    this.absence = absence;
    this.home = context.home;
    this.jobs = new Jobs(context);
    this.queues = new Queues(context.store);
    this.schedules = new Schedules(context.store);
    this.policies = new Policies(context.store);
    this.settings = new Settings(context.store);
    this.outputs = new Outputs(context);
  }

  /**
   * Opens the queue of a home directory. Makes home and database if they do not exist.
   * @throws UnusableError if the home or its database cannot be used
   */
  static async open(options: ClientOptions = {}): Promise<Client> {
    checkOptions("Client.open", options, ["home", "db", "create", "clock", "onWaiting"]);
    const { create = true, clock, onWaiting } = options;
    const home = locateHome(options);
    if (create) {
      await checkBeforeHome(home);
      prepareHome(home);
    } else checkHome(home);
    await checkJournal(home);
    const { database, dir } = home;
    const absence = create ? null : absenceOf(home);
    const common = { home: dir, ...(clock && { clock }) };
    const store = await (!create && isMissing(home)
      ? openEmptyStore(common)
      : openStore({ database, create, onWaiting, ...common }));
    const config = async () => resolveConfig({ stored: await store.settings.all(), env: process.env });
    return new Client({ store, home: homeFor(home, store.installation), config }, absence);
  }

  /**
   * A client of an empty queue whose changes are lost, to try a change on before a queue is made for it. Null: there is
   * a queue. @internal
   */
  static async trial(options: HomeOptions): Promise<Client | null> {
    return isMissing(locateHome(options)) ? Client.open({ ...options, create: false }) : null;
  }

  /** The queue's time in milliseconds since the epoch, from which ages and waits are counted. */
  now(): number {
    return this.#context.store.clock.now();
  }

  /** The current configuration. @throws UnusableError if a stored value or one of the environment cannot be used */
  config(): Promise<Config> {
    return this.#context.config();
  }

  async status(): Promise<Status> {
    // Loaded on demand: short commands do not ask which processes live.
    const { readStatus } = await import("./status.js");
    const { dir, database } = this.home;
    const status = await readStatus(this.#context.store, await this.config());
    return { home: dir, database: database.shown, exists: this.absence === null, ...status };
  }

  /** Waits for earlier calls; no later call is allowed. */
  async close(): Promise<void> {
    await this.#context.store.close();
  }
}

/** Whether nothing is stored there. */
function isMissing({ database }: Home): boolean {
  return !databaseExists(database) || isEmptyFile(database);
}
