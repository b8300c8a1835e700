/**
 * The base of commands that speak to a home's supervisor or its workers, which are at its database. If no flag names
 * the database, the PID file does.
 */
import { isDatabase, locateHome } from "../../../home/home.js";
import { QueueCommand } from "../../base/command.js";

export abstract class PoolCommand extends QueueCommand {
  override async execute(): Promise<number> {
    if (this.db === undefined && !process.env.QUEUECTL_DB) {
      const { readLiveDatabase } = await import("../../../../supervisor/lock/pid-file.js");
      const db = readLiveDatabase(locateHome(this.location()).pidFile);
      if (db !== null && isDatabase(db)) this.db = db;
    }
    return super.execute();
  }
}
