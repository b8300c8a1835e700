import { EXIT } from "../../core/errors.js";
import { plural } from "../../core/text/plural.js";
import { oneLine } from "../../core/text/visible.js";
import type { Check } from "../../doctor/check.js";
import { locateHome } from "../../home/home.js";
import { checksToJson } from "../../json/check.js";
import { BaseCommand } from "../base/command.js";
import { Command, Option } from "../parse/clipanion.js";
import { endsWith } from "../terminal/standard-streams.js";
import { style } from "../terminal/style.js";

const PAINT = { ok: style.green, warning: style.yellow, problem: style.red } as const;

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
    const checks = await inspect({ home, full: this.full });
    const exitCode = endsWith(exitCodeOf(checks));
    if (this.json) this.printJson(checksToJson(checks, exitCode === EXIT.ok));
    else this.print(textOf(checks));
    return exitCode;
  }
}

function exitCodeOf(checks: readonly Check[]): number {
  if (checks.some(({ unusable }) => unusable)) return EXIT.unusable;
  return checks.some(({ status }) => status === "problem") ? EXIT.failure : EXIT.ok;
}

function textOf(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, status, message, hint }) => {
    const text = oneLine(hint === undefined ? message : `${message}; ${hint}`);
    return `${PAINT[status](status.padEnd("problem".length))}  ${name.padEnd(width)}  ${text}`;
  });
  const count = (wanted: Check["status"]) => checks.filter(({ status }) => status === wanted).length;
  return [...lines, "", `${plural(count("problem"), "problem")}, ${plural(count("warning"), "warning")}`].join("\n");
}
