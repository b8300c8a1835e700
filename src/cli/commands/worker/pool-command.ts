/**
 * What the commands share that speak to the supervisor of a home, or of its workers: those are where it works. If nobody says
 * which database that is, its PID file does.
 */
import { existsSync } from "node:fs";
import { locateHome } from "../../../home/home.js";
import { QueueCommand } from "../../base/command.js";

export abstract class PoolCommand extends QueueCommand {
  override async execute(): Promise<number> {
    if (this.db === undefined && !process.env.QUEUECTL_DB) {
      const { readLiveDatabase } = await import("../../../../supervisor/lock/pid-file.js");
      const db = readLiveDatabase(locateHome(this.location()).pidFile);
      if (db !== null && existsSync(db)) this.db = db;
    }
    return super.execute();
  }
}
