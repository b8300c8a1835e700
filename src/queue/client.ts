/**
 * The queue as its users see it: the façade for the command line, the library and later HTTP. It adds what is not a
 * database's business: validation, ids from prefixes, configuration, files, and the liveness of processes.
 */
import type { QueueContext } from "../attempt/reclaim.js";
import { type Config, resolveConfig } from "../config/config.js";
import type { Clock } from "../core/clock.js";
import { type Home, type HomeOptions, locateHome, prepareHome } from "../home/home.js";
import { checkJournal } from "../home/journal.js";
import { openStore } from "../store/open.js";
import { Jobs } from "./jobs/jobs.js";
import { checkOptions } from "./options.js";
import { Policies } from "./policies.js";
import { Queues } from "./queues.js";
import { Schedules } from "./schedules.js";
import { Settings } from "./settings.js";
import type { Status } from "./status.js";

export interface ClientOptions extends HomeOptions {
  /** For tests. @internal */
  readonly clock?: Clock;
}

/** The store and its companions, for src/queue itself and for the supervisor. Faces of the queue do not use it. */
export let contextOf: (client: Client) => QueueContext;

export class Client {
  readonly home: Home;
  readonly jobs: Jobs;
  /** The limits, pauses and hooks of queues. */
  readonly queues: Queues;
  /** Jobs that are enqueued by the clock. */
  readonly schedules: Schedules;
  /** The policies that jobs may name. */
  readonly policies: Policies;
  /** The stored configuration. */
  readonly settings: Settings;
  readonly #context: QueueContext;

  static {
    contextOf = (client) => client.#context;
  }

  private constructor(context: QueueContext) {
    this.#context = context;
    this.home = context.home;
    this.jobs = new Jobs(context);
    this.queues = new Queues(context.store);
    this.schedules = new Schedules(context.store);
    this.policies = new Policies(context.store);
    this.settings = new Settings(context.store);
  }

  /**
   * Opens the queue of a home directory. Makes home and database if they do not exist.
   * @throws UnusableError if the home or its database cannot be used
   */
  static async open(options: ClientOptions = {}): Promise<Client> {
    checkOptions("Client.open", options, ["home", "db", "clock"]);
    const home = locateHome(options);
    prepareHome(home);
    await checkJournal(home);
    const { clock } = options;
    const store = await openStore({ database: home.database, home: home.dir, ...(clock && { clock }) });
    const config = async () => resolveConfig({ stored: await store.settings.all(), env: process.env });
    return new Client({ store, home, config });
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
    return { home: dir, database: database.shown, ...(await readStatus(this.#context.store, await this.config())) };
  }

  /** Waits for earlier calls; no later call is allowed. */
  async close(): Promise<void> {
    await this.#context.store.close();
  }
}
