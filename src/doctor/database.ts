/** Checks the database: whether we can use it, and whether it is sound. */
import { QueuectlError } from "../core/errors.js";
import type { Home } from "../home/home.js";
import { type DatabaseFacts, inspectDatabase } from "../store/inspect.js";
import { type Examined, unusable, warning } from "./check.js";
import { checkServer } from "./postgres.js";
import { checkFile } from "./sqlite.js";

export async function checkDatabase({ database, dir }: Home, full: boolean): Promise<Examined> {
  let facts: DatabaseFacts | null;
  try {
    facts = await inspectDatabase(database, { home: dir, full });
  } catch (error) {
    const hint = (error instanceof QueuectlError && error.hint) || "look at the file and its directory";
    return { checks: [unusable("database", (error as Error).message, hint)], usable: false };
  }
  if (facts === null) {
    const check = warning("database", `${database.shown} is not there yet`, "queuectl enqueue makes it");
    return { checks: [check], usable: false };
  }
  return facts.kind === "sqlite" ? checkFile(facts) : checkServer(facts);
}
