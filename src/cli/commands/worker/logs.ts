import { existsSync } from "node:fs";
import { UsageError } from "../../../core/errors.js";
import { parseWhole } from "../../../core/text/number.js";
import { type Home, locateHome } from "../../../home/home.js";
import { MAIN_POOL, type Pool, poolOf, poolsOf } from "../../../home/pool.js";
import { BaseCommand } from "../../base/command.js";
import { printFile } from "../../logs/print-file.js";
import { Command, Option } from "../../parse/clipanion.js";
import { poolFlag } from "./pool-command.js";

export class WorkerLogsCommand extends BaseCommand {
  static override paths = [["worker", "logs"]];
  static override usage = Command.Usage({
    description: "Print the log of a detached supervisor and its workers",
    details: "Without --name it prints the log of the only pool that runs, or else of main.",
    examples: [
      ["Follow it", "queuectl worker logs -f"],
      ["The log of another pool", "queuectl worker logs --name gpu"],
    ],
  });

  name = Option.String("--name", { description: "POOL | the pool whose log is printed" });
  follow = Option.Boolean("-f,--follow", false, { description: "follow the log until ^C" });
  lines = Option.String("-n,--lines", { description: "LINES | only this many lines from the end" });

  override async execute(): Promise<number> {
    const home = locateHome(this.location());
    const name = poolFlag(this.name);
    const { logFile } = name === null ? await onePool(home) : poolOf(home, name);
    const lines = this.lines === undefined ? null : parseWhole(this.lines, "-n", 0, Number.MAX_SAFE_INTEGER);
    const found = await printFile(logFile, { lines, follow: this.follow });
    if (!found) this.remark(`There is no log yet: ${logFile}`);
    return 0;
  }
}

/** Among the pools that run, or else among the ones with a log. @throws UsageError if several could be meant */
async function onePool(home: Home): Promise<Pool> {
  const { livingPools } = await import("../../../home/pid-file.js");
  const living = livingPools(home);
  const pools = living.length > 0 ? living : poolsOf(home).filter(({ logFile }) => existsSync(logFile));
  const meant = pools.length === 1 ? pools[0] : pools.find(({ name }) => name === MAIN_POOL);
  if (meant !== undefined || pools.length === 0) return meant ?? poolOf(home, MAIN_POOL);
  throw new UsageError(
    `there are ${pools.length} pools: ${pools.map(({ name }) => name).join(", ")}`,
    "say whose log with --name NAME",
  );
}
