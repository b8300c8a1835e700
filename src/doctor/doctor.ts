/**
 * Checks everything that a queue depends on, and says for each thing whether it is well and what to do if not. Changes
 * nothing: neither home nor database is made or upgraded. Each check is a function of its own; a check that fails is a
 * finding too.
 *
 * Lock and database are SQLite files. If SQLite does not load, they are not checked.
 */

import { lostContent } from "../home/absence.js";
import { type Home, homeFor } from "../home/home.js";
import { journalFinding } from "../home/journal.js";
import type { Store } from "../store/contract/store.js";
import { openStore } from "../store/open.js";
import { type Check, type Examined, problem, unusable } from "./check.js";
import { checkDatabase } from "./database.js";
import { checkDisk, checkEntries, checkFilesystem, checkHome, checkModes } from "./home.js";
import { checkClock, checkLeases, checkOutput, checkPolicies, checkPrograms, checkWorkers } from "./queue.js";
import { supervisorChecks } from "./supervisor.js";
import { checkNode, checkProc, checkPs, checkShell, checkSqlite, checkZone } from "./system.js";

export interface Patient {
  readonly home: Home;
  /** Whether to read the whole database, however large. */
  readonly full: boolean;
}

export async function inspect({ home, full }: Patient): Promise<Check[]> {
  const looks: Record<string, () => Check | Promise<Check>> = {
    node: checkNode,
    shell: checkShell,
    proc: checkProc,
    ps: checkPs,
    zone: checkZone,
    sqlite: checkSqlite,
    home: () => checkHome(home),
    entries: () => checkEntries(home),
    modes: () => checkModes(home),
    filesystem: () => checkFilesystem(home),
    disk: () => checkDisk(home),
  };
  const checks: Check[] = [];
  for (const [name, look] of Object.entries(looks)) checks.push(await safely(name, look));
  const canLook = (needed: string) => !checks.some(({ name, unusable }) => name === needed && unusable);
  if (canLook("sqlite")) {
    for (const { name, look } of supervisorChecks(home)) checks.push(await safely(name, look));
  }
  if (!canLook("sqlite") || !canLook("home")) return checks;

  // To open the database would make the missing files anew, which hides that they were deleted.
  const torn = await journalFinding(home);
  if (torn !== null) return [...checks, unusable("journal", torn.message, torn.hint)];
  const database = await examined(home, full);
  checks.push(...database.checks);
  return database.usable ? [...checks, ...(await checkContent(home))] : checks;
}

async function examined(home: Home, full: boolean): Promise<Examined> {
  try {
    const lost = lostContent(home);
    if (lost !== null) return { checks: [unusable("database", lost.message, lost.hint)], usable: false };
    return await checkDatabase(home, full);
  } catch (error) {
    return { checks: [failed("database", error)], usable: false };
  }
}

async function checkContent(home: Home): Promise<Check[]> {
  const looks: Record<string, (store: Store) => Promise<Check>> = {
    clock: checkClock,
    leases: checkLeases,
    workers: checkWorkers,
    programs: checkPrograms,
    output: (store) => checkOutput(store, homeFor(home, store.installation)),
    policies: checkPolicies,
  };
  let store: Store | undefined;
  try {
    const opened = await openStore({ database: home.database, home: home.dir, create: false });
    store = opened;
    const checks: Check[] = [];
    for (const [name, look] of Object.entries(looks)) checks.push(await safely(name, () => look(opened)));
    return checks;
  } catch (error) {
    return [failed("content", error)];
  } finally {
    await store?.close();
  }
}

async function safely(name: string, look: () => Check | Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name: string, error: unknown): Check {
  const make = name === "home" || name === "database" ? unusable : problem;
  return make(
    name,
    `cannot be checked: ${(error as Error).message}`,
    "make it readable for yourself, or choose another home",
  );
}
