/**
 * The base of commands that speak to a home's supervisor or its workers, which are at its database. If no flag names
 * the database, the PID file does.
 */
import { locateHome } from "../../../home/home.js";
import { absolute } from "../../../home/working-directory.js";
import { databaseExists, parseDatabase } from "../../../store/location.js";
import { QueueCommand } from "../../base/command.js";

export abstract class PoolCommand extends QueueCommand {
  override async execute(): Promise<number> {
    if (this.db === undefined && !process.env.QUEUECTL_DB) {
      const { readLiveDatabase } = await import("../../../../supervisor/lock/pid-file.js");
      const db = readLiveDatabase(locateHome(this.location()).pidFile);
      if (db !== null && databaseExists(parseDatabase(db, absolute))) this.db = db;
    }
    return super.execute();
  }
}
