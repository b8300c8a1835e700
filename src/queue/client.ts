/**
 * The queue as its users see it: what the command line, the library and later HTTP call. It adds to the store what is
 * not a database's business: validation, ids from prefixes, configuration, files, and who is alive.
 */
import type { QueueContext } from "../attempt/reclaim.js";
import { type Config, resolveConfig } from "../config/config.js";
import type { Clock } from "../core/clock.js";
import { type Home, type HomeOptions, locateHome, prepareHome } from "../home/home.js";
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

/** The store and what goes with it: for src/queue itself and for the supervisor, and for no face of the queue. */
export let contextOf: (client: Client) => QueueContext;

export class Client {
  readonly home: Home;
  readonly jobs: Jobs;
  /** What holds the jobs of a queue back, and what happens when they end. */
  readonly queues: Queues;
  /** Jobs that are enqueued by the clock. */
  readonly schedules: Schedules;
  /** The policies that jobs may name. */
  readonly policies: Policies;
  /** The configuration that is stored. */
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
   * Opens the queue of a home directory, and makes both if they are not there.
   * @throws UnusableError the home or its database cannot be used
   */
  static async open(options: ClientOptions = {}): Promise<Client> {
    checkOptions("Client.open", options, ["home", "db", "clock"]);
    const home = locateHome(options);
    prepareHome(home);
    const { clock } = options;
    const store = await openStore({ database: home.database, home: home.dir, ...(clock && { clock }) });
    const config = async () => resolveConfig({ stored: await store.settings.all(), env: process.env });
    return new Client({ store, home, config });
  }

  /** The time of the queue, in milliseconds since the epoch: ages and waits are counted from it. */
  now(): number {
    return this.#context.store.clock.now();
  }

  /** The configuration now in force. @throws UnusableError a stored value or one of the environment cannot be used */
  config(): Promise<Config> {
    return this.#context.config();
  }

  async status(): Promise<Status> {
    // Loaded when it is called for: who lives is a question that a short command does not ask.
    const { readStatus } = await import("./status.js");
    return readStatus(this.#context.store, await this.config());
  }

  /** What was called before is finished; nothing may be called after. */
  async close(): Promise<void> {
    await this.#context.store.close();
  }
}
