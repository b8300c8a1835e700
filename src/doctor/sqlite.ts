/** What is found in a SQLite file: whether it is ours, current and sound. */
import { humanSize } from "../core/text/size.js";
import type { SqliteFacts } from "../store/inspect.js";
import { type Check, type Examined, ok, problem, unusable, warning } from "./check.js";

/** Twice the size to which an emptied log is cut. */
const LARGE_WAL_BYTES = 128 * 1024 * 1024;

export function checkFile(facts: SqliteFacts): Examined {
  if (facts.bytes === 0) {
    const check = warning("database", `${facts.path} is empty`, "queuectl enqueue makes a new database in it");
    return { checks: [check], usable: false };
  }
  const checks = [opened(facts), schema(facts), journal(facts), integrity(facts)];
  if (facts.brokenReferences !== null) checks.push(references(facts.brokenReferences));
  const usable = facts.isOurs && facts.schema === facts.ownSchema && facts.journalMode === "wal";
  return { checks, usable };
}

function opened({ path, isOurs, bytes }: SqliteFacts): Check {
  if (isOurs) return ok("database", `${path} opens and has ${humanSize(bytes)}`);
  return unusable(
    "database",
    `${path} is the database of another program`,
    "name another database with --db or QUEUECTL_DB",
  );
}

function schema({ schema: version, ownSchema, oldestSchema }: SqliteFacts): Check {
  if (version === ownSchema) return ok("schema", `version ${version} is this program's`);
  const message = `version ${version} is not this program's, which is ${ownSchema}`;
  if (version > ownSchema) return unusable("schema", message, "upgrade queuectl, or use another home");
  if (version > 0 && version < oldestSchema) {
    const early = `version ${version} is from before the first release, and cannot be upgraded`;
    return unusable("schema", early, "move the database away, or use another home");
  }
  return warning("schema", message, "the next command upgrades it; older programs cannot use it then");
}

function journal({ journalMode, walBytes }: SqliteFacts): Check {
  if (journalMode !== "wal")
    return warning("journal", `the journal mode is ${journalMode} and not wal`, "the next command sets it");
  if (walBytes <= LARGE_WAL_BYTES) return ok("journal", `write-ahead log of ${humanSize(walBytes)}`);
  const hint = "a process reads for very long: find it with fuser -v on the database, or restart the workers";
  return warning("journal", `the write-ahead log has grown to ${humanSize(walBytes)}`, hint);
}

function integrity({ damage, bytes }: SqliteFacts): Check {
  if (damage === null)
    return warning("integrity", `not checked, since it has ${humanSize(bytes)}`, "queuectl doctor --full checks it");
  if (damage.length === 0) return ok("integrity", "no damage was found");
  const hint = "stop the workers, copy the file with its -wal and -shm, and try: sqlite3 queuectl.db .recover";
  return problem("integrity", `the database is damaged: ${damage.join("; ")}`, hint);
}

function references(broken: number): Check {
  if (broken === 0) return ok("references", "every attempt belongs to a job");
  const hint = "the database was changed by hand: restore a backup, or export what is needed";
  return problem("references", `${broken} row(s) refer to missing jobs`, hint);
}
