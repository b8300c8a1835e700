/**
 * The base of commands that speak to a home's supervisor or its workers, which are at its database. If no flag names
 * the database, the PID file does.
 */
import { type HomeOptions, isDatabase, locateHome } from "../../../home/home.js";
import { QueueCommand } from "../../base/command.js";

export abstract class PoolCommand extends QueueCommand {
  override async execute(): Promise<number> {
    this.db ??= await databaseInUse(this.location());
    return super.execute();
  }
}

/** The database of the supervisor of this home. Undefined: none runs, or the environment names the database. */
export async function databaseInUse(location: HomeOptions): Promise<string | undefined> {
  if (process.env.QUEUECTL_DB) return undefined;
  const { readLiveDatabase } = await import("../../../home/pid-file.js");
  const db = readLiveDatabase(locateHome(location).pidFile);
  return db !== null && isDatabase(db) ? db : undefined;
}
