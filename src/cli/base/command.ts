/**
 * What every command shares: the global options, where data and remarks go, and the queue's opening and closing. Errors
 * are thrown; `run.ts` reports them.
 */
import type { BaseContext } from "clipanion";
import { UsageError } from "../../core/errors.js";
import type { HomeOptions } from "../../home/home.js";
import { jsonText } from "../../json/exact.js";
import type { Client } from "../../queue/client.js";
import { jsonByEnvironment } from "../parse/call.js";
import { Command, Option } from "../parse/clipanion.js";
import { isTerminal, writeTo } from "../terminal/standard-streams.js";

/** What a command is told besides its arguments. Streams, which clipanion's own context has, are in `standard-streams.ts`. */
export interface CallContext {
  /** The words after `--`, where they are a command to run. */
  readonly tail: readonly string[] | null;
  /** Leaves ^C to the command. */
  readonly releaseInterrupt: () => void;
  /** Leaves ^C and broken pipes to the command, which is a service and not a filter. */
  readonly release: () => void;
}

export type CliContext = BaseContext & CallContext;

export abstract class BaseCommand extends Command<CliContext> {
  home = Option.String("--home", { description: "DIR | where the queue lives (QUEUECTL_HOME, default ~/.queuectl)" });
  db = Option.String("--db", { description: "FILE | the database, if it is not in the home (QUEUECTL_DB)" });
  jsonFlag = Option.Boolean("--json", false, { description: "JSON on stdout, errors too (QUEUECTL_OUTPUT=json)" });

  get json(): boolean {
    return this.jsonFlag || jsonByEnvironment();
  }

  location(): HomeOptions {
    if (this.home === "") throw new UsageError("--home is empty", "give a directory, or leave it out");
    if (this.db === "") throw new UsageError("--db is empty", "give a file, or leave it out");
    return { home: this.home, db: this.db };
  }

  /** Data, for stdout. */
  print(text: string): void {
    writeTo(1, `${text}\n`);
  }

  /** One line, or an indented tree where a person reads it. */
  printJson(value: unknown): void {
    this.print(jsonText(value, isTerminal(1) ? 2 : 0));
  }

  /** A remark about the data, for stderr. */
  remark(text: string): void {
    writeTo(2, `${text}\n`);
  }
}

/** A command that works on the queue. Its `run` returns an exit code, if it is not 0. */
export abstract class QueueCommand extends BaseCommand {
  abstract run(client: Client): Promise<number | undefined>;

  override async execute(): Promise<number> {
    const location = this.location();
    const { Client } = await import("../../queue/client.js");
    const client = await Client.open(location);
    try {
      return (await this.run(client)) ?? 0;
    } finally {
      await client.close();
    }
  }
}
