import { EXIT } from "../../core/errors.js";
import { locateHome } from "../../home/home.js";
import { checksToJson } from "../../json/check.js";
import { BaseCommand } from "../base/command.js";
import { Command, Option } from "../parse/clipanion.js";
import { hintAsTyped } from "../parse/typed-options.js";
import { checksExitCode, checksText } from "../render/checks.js";
import { endsWith } from "../terminal/standard-streams.js";

export class DoctorCommand extends BaseCommand {
  static override paths = [["doctor"]];
  static override usage = Command.Usage({
    description: "Check everything that the queue depends on",
    details:
      "It checks home, modes, disk, database, clock, time zone, supervisor, leases, output, Node.js and the system's " +
      "programs. It changes nothing. Exit code 1: there is a problem. 78: the home or the database cannot be " +
      "used at all.",
    examples: [
      ["When something is odd", "queuectl doctor"],
      ["With the whole database, which takes longer", "queuectl doctor --full"],
    ],
  });

  full = Option.Boolean("--full", false, { description: "read every page of the database, with its indexes" });

  override async execute(): Promise<number> {
    const home = locateHome(this.location());
    const { inspect } = await import("../../doctor/doctor.js");
    const checks = (await inspect({ home, full: this.full })).map(hintAsTyped);
    const exitCode = endsWith(checksExitCode(checks));
    if (this.json) this.printJson(checksToJson(checks, exitCode === EXIT.ok));
    else this.print(checksText(checks));
    return exitCode;
  }
}
