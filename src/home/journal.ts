/**
 * Finds the database whose write-ahead log (`-wal`) or shared memory (`-shm`) was deleted while the workers use it. They
 * go on with the deleted files. A connection that is opened now would make new ones, and the two would not see what the
 * other writes: an acknowledged job would wait without end, and the database could be damaged. So none is opened. The
 * supervisor notices the deletion too, writes what it has into the database, and leaves.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { UnusableError } from "../core/errors.js";
import { databaseFile, journalFiles } from "../store/location.js";
import type { Home } from "./home.js";
import type { Finding } from "./trust.js";

/** A supervisor that starts or leaves has its lock for a moment while the files are rightly missing. Milliseconds. */
const PATIENCE_MS = 3000;
const LOOK_EVERY_MS = 20;

/** @throws UnusableError if the files stay missing while a supervisor uses the database */
export async function checkJournal(home: Home): Promise<void> {
  const finding = await journalFinding(home);
  if (finding !== null) throw new UnusableError(finding.message, finding.hint);
}

/** Null: the database may be opened. */
export async function journalFinding(home: Home): Promise<Finding | null> {
  let waitedMs = 0;
  for (;;) {
    const missing = await tornFrom(home);
    if (missing === null) return null;
    if (waitedMs >= PATIENCE_MS) {
      return {
        message: `${missing} was deleted while the workers use it, so no other process can see what they write`,
        hint: "queuectl worker stop lets them write it into the database; start them again after that",
      };
    }
    await sleep(LOOK_EVERY_MS);
    waitedMs += LOOK_EVERY_MS;
  }
}

/** The missing file. Null: none is missing, or no supervisor uses the database. Says what holds at this moment. */
export async function tornFrom(home: Home): Promise<string | null> {
  const { database } = home;
  const path = databaseFile(database);
  if (path === null || !existsSync(path)) return null;
  const missing = journalFiles(path).find((file) => !existsSync(file));
  if (missing === undefined) return null;
  // Loaded when it is called for: mostly nothing is missing.
  const { livingPools } = await import("./pid-file.js");
  const { isExclusivelyLocked } = await import("../system/exclusive-lock.js");
  const using = livingPools(home).filter(({ supervisor }) => supervisor.db === database.shown);
  return using.some(({ lockDb }) => isExclusivelyLocked(lockDb)) ? missing : null;
}
