import { UsageError } from "../../../core/errors.js";
import { locateHome } from "../../../home/home.js";
import { schemaChangeToJson } from "../../../json/schema-change.js";
import type { SchemaChange } from "../../../queue/database.js";
import { BaseCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class DbMigrateCommand extends BaseCommand {
  static override paths = [["db", "migrate"]];
  static override usage = Command.Usage({
    description: "Make the queue in a PostgreSQL database, or bring its schema up to date",
    details:
      "Only this command changes the schema of a PostgreSQL database. Every other one refuses a schema that is older " +
      "or newer than it knows. A SQLite file needs no such command: every one brings it up to date.",
    examples: [
      ["Before the first job", "queuectl --db postgres://queuectl@db.example.com/jobs db migrate"],
      ["What would be done", "queuectl db migrate --dry-run"],
      ["For an administrator who runs it", "queuectl db migrate --sql"],
    ],
  });

  dryRun = Option.Boolean("--dry-run", false, { description: "say what would be done, and change nothing" });
  sql = Option.Boolean("--sql", false, { description: "print the SQL that would be run, and change nothing" });

  override async execute(): Promise<undefined> {
    if (this.sql && this.json) throw new UsageError("--sql and --json do not go together", "leave one of them out");
    const home = locateHome(this.location());
    const { migrateQueue } = await import("../../../queue/database.js");
    const looksOnly = this.dryRun || this.sql;
    const change = await migrateQueue(home, looksOnly);
    const { shown } = home.database;
    if (this.json) this.printJson(schemaChangeToJson(shown, change, !looksOnly));
    else if (this.sql) this.print(sqlOf(change));
    else this.print(`${shown}: ${textOf(change, looksOnly)}`);
  }
}

function textOf(change: SchemaChange | null, looksOnly: boolean): string {
  if (change === null) return "a SQLite file, which every command keeps up to date";
  const { from, to } = change;
  if (from === to) return `the schema is up to date (version ${to})`;
  if (from === 0) return `${looksOnly ? "would make" : "made"} the queue (schema version ${to})`;
  return `${looksOnly ? "would bring" : "brought"} the schema from version ${from} to ${to}`;
}

function sqlOf(change: SchemaChange | null): string {
  if (change === null || change.statements.length === 0) return "-- nothing to do";
  return ["BEGIN;", ...change.statements.map((statement) => `${statement};`), "COMMIT;"].join("\n");
}
