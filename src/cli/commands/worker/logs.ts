import { parseWhole } from "../../../core/text/number.js";
import { locateHome } from "../../../home/home.js";
import { BaseCommand } from "../../base/command.js";
import { printFile } from "../../logs/print-file.js";
import { Command, Option } from "../../parse/clipanion.js";

export class WorkerLogsCommand extends BaseCommand {
  static override paths = [["worker", "logs"]];
  static override usage = Command.Usage({
    description: "Print the log of a detached supervisor and its workers",
    examples: [["Follow it", "queuectl worker logs -f"]],
  });

  follow = Option.Boolean("-f,--follow", false, { description: "follow the log until ^C" });
  lines = Option.String("-n,--lines", { description: "LINES | only this many lines from the end" });

  override async execute(): Promise<number> {
    const { logFile } = locateHome(this.location());
    const lines = this.lines === undefined ? null : parseWhole(this.lines, "-n", 0, Number.MAX_SAFE_INTEGER);
    const found = await printFile(logFile, { lines, follow: this.follow });
    if (!found) this.remark(`There is no log yet: ${logFile}`);
    return 0;
  }
}
