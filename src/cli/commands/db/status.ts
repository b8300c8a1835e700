import { EXIT } from "../../../core/errors.js";
import { locateHome } from "../../../home/home.js";
import { checksToJson } from "../../../json/check.js";
import { BaseCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";
import { hintAsTyped } from "../../parse/typed-options.js";
import { checksExitCode, checksText } from "../../render/checks.js";
import { endsWith } from "../../terminal/standard-streams.js";

export class DbStatusCommand extends BaseCommand {
  static override paths = [["db", "status"]];
  static override usage = Command.Usage({
    description: "Show the state of the database: server, schema, size, and what slows it down",
    details:
      "It is the part of doctor that is about the database. It changes nothing. Exit code 1: there is a problem. 78: " +
      "the database cannot be used at all.",
    examples: [["Before and after a change of the server", "queuectl db status"]],
  });

  override async execute(): Promise<number> {
    const home = locateHome(this.location());
    const { checkDatabase } = await import("../../../doctor/database.js");
    const checks = (await checkDatabase(home, false)).checks.map(hintAsTyped);
    const exitCode = endsWith(checksExitCode(checks));
    if (this.json) this.printJson(checksToJson(checks, exitCode === EXIT.ok));
    else this.print(checksText(checks));
    return exitCode;
  }
}
