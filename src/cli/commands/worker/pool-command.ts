/**
 * The base of commands that speak to a home's pools, which are at its database. If no flag names the database, the PID
 * files do.
 */
import { checkName } from "../../../core/job/ids.js";
import { type HomeOptions, isDatabase, locateHome } from "../../../home/home.js";
import { QueueCommand } from "../../base/command.js";
import { Option } from "../../parse/clipanion.js";

export abstract class PoolCommand extends QueueCommand {
  override async execute(): Promise<number> {
    this.db ??= await databaseInUse(this.location());
    return super.execute();
  }
}

/** A command that can be told which pool it is about. */
export abstract class OnePoolCommand extends PoolCommand {
  name = Option.String("--name", { description: "POOL | name of the pool" });
  /** Null: none was named. */
  pool: string | null = null;

  override async execute(): Promise<number> {
    this.pool = poolFlag(this.name);
    return super.execute();
  }
}

/** The database of the running pools of this home. Undefined: none runs, or the environment names the database. */
export async function databaseInUse(location: HomeOptions): Promise<string | undefined> {
  if (process.env.QUEUECTL_DB) return undefined;
  const { livingPools } = await import("../../../home/pid-file.js");
  const db = livingPools(locateHome(location))[0]?.supervisor.db;
  return db !== undefined && isDatabase(db) ? db : undefined;
}

/** The pool of `--name`. Null: the flag was not given. @throws UsageError */
export function poolFlag(name: string | undefined): string | null {
  return name === undefined ? null : checkName("pool", name);
}
