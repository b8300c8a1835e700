/**
 * The base of every command: the global options, the outputs for data and remarks, and opening and closing the client.
 * Errors are thrown; `dispatch.ts` reports them.
 */
import type { BaseContext } from "clipanion";
import { QueuectlError, UsageError } from "../../core/errors.js";
import { oneLine } from "../../core/text/visible.js";
import type { Absence } from "../../home/absence.js";
import type { HomeOptions } from "../../home/home.js";
import { jsonText } from "../../json/exact.js";
import type { Client } from "../../queue/client.js";
import { jsonByEnvironment } from "../parse/call.js";
import { Command, Option } from "../parse/clipanion.js";
import { asTyped } from "../parse/typed-options.js";
import { isTerminal, writeText } from "../terminal/standard-streams.js";

/**
 * What a command gets besides its arguments. Streams, which clipanion's own context has, are in `standard-streams.ts`.
 */
export interface CallContext {
  /** The words after `--`, if they are a command to run. */
  readonly tail: readonly string[] | null;
  /** Leaves ^C to the command. */
  readonly releaseInterrupt: () => void;
  /** Leaves ^C and closed pipes to the command, which is a service and not a filter. */
  readonly release: () => void;
}

export type CliContext = BaseContext & CallContext;

export abstract class BaseCommand extends Command<CliContext> {
  home = Option.String("--home", { description: "DIR | where the queue lives (QUEUECTL_HOME, default ~/.queuectl)" });
  db = Option.String("--db", { description: "FILE|URL | the database, if it is not in the home (QUEUECTL_DB)" });
  jsonFlag = Option.Boolean("--json", false, { description: "JSON on stdout, errors too (QUEUECTL_OUTPUT=json)" });

  get json(): boolean {
    return this.jsonFlag || jsonByEnvironment();
  }

  location(): HomeOptions {
    if (this.home === "") throw new UsageError("--home is empty", "give a directory, or leave it out");
    if (this.db === "") throw new UsageError("--db is empty", "give a file or a URL, or leave it out");
    return { home: this.home, db: this.db };
  }

  /** Writes data to stdout. */
  print(text: string): void {
    writeText(1, `${text}\n`);
  }

  /** Writes JSON in one line, or indented on a terminal. */
  printJson(value: unknown): void {
    this.print(jsonText(value, isTerminal(1) ? 2 : 0));
  }

  /** Writes a remark about the data to stderr, in one line. @param hint what to do about it */
  remark(text: string, hint?: string): void {
    writeText(2, `${oneLine(hint === undefined ? text : `${text}; ${asTyped(hint)}`)}\n`);
  }
}

/** A command that works on the queue. Its `run` returns an exit code. Undefined: 0. */
export abstract class QueueCommand extends BaseCommand {
  /** Whether it makes a missing home and database. Without that it sees an empty queue, and says so. */
  protected readonly makesQueue: boolean = false;

  /** Whether it reads the configuration. One that cannot be used then stops it before it changes anything. */
  protected get readsConfig(): boolean {
    return false;
  }

  abstract run(client: Client): Promise<number | undefined>;

  /**
   * Throws what {@link run} would throw, and prints nothing. It comes before a missing queue is made, and works on an
   * empty one whose changes are lost. So a command that is refused makes nothing.
   */
  protected async check(_client: Client): Promise<void> {}

  override async execute(): Promise<number> {
    const location = this.location();
    const { Client } = await import("../../queue/client.js");
    const trial = this.makesQueue ? await Client.trial(location) : null;
    if (trial !== null) await this.#checkOn(trial).finally(() => trial.close());
    const onWaiting = (database: string) => this.remark(`The database ${database} does not answer; waiting for it`);
    const client = await Client.open({ ...location, create: this.makesQueue, onWaiting });
    try {
      if (this.readsConfig) await client.config();
      const exitCode = (await this.run(client)) ?? 0;
      if (client.absence !== null) this.remark(client.absence.message, client.absence.hint);
      return exitCode;
    } catch (error) {
      throw withAbsence(error, client.absence);
    } finally {
      await client.close();
    }
  }

  async #checkOn(trial: Client): Promise<void> {
    if (this.readsConfig) await trial.config();
    await this.check(trial);
  }
}

/** Where there is no queue, that explains why something in it was not found. */
function withAbsence(error: unknown, absence: Absence | null): unknown {
  const isExplained = error instanceof QueuectlError && ["not_found", "conflict"].includes(error.code);
  if (absence === null || !isExplained) return error;
  const why = absence.message.replace(/^The/, "the");
  const hint = absence.hint === undefined ? why : `${why}; ${absence.hint}`;
  return new QueuectlError(error.code, error.message, { hint, cause: error });
}
