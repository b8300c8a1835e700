/**
 * Looks at everything that a queue stands on, and says of each thing whether it is well and what to do if not. Changes nothing:
 * neither home nor database is made or upgraded. Each look is a function of its own; one that fails is a finding too.
 */

import type { Home } from "../home/home.js";
import type { Store } from "../store/contract/store.js";
import { openStore } from "../store/open.js";
import type { ProcessIdentity } from "../system/identity.js";
import { type Check, problem, unusable } from "./check.js";
import { checkDatabase, type Examined } from "./database.js";
import { checkDisk, checkFilesystem, checkHome, checkModes } from "./home.js";
import { checkClock, checkLeases, checkOutput, checkWorkers } from "./queue.js";
import { checkSupervisor } from "./supervisor.js";
import { checkNode, checkProc, checkPs, checkShell } from "./system.js";

export interface Patient {
  readonly home: Home;
  /** Whom the supervisor's PID file names. */
  readonly named: ProcessIdentity | null;
  /** Read the whole database, however large. */
  readonly full: boolean;
}

export async function inspect({ home, named, full }: Patient): Promise<Check[]> {
  const looks: Record<string, () => Check> = {
    node: checkNode,
    shell: checkShell,
    proc: checkProc,
    ps: checkPs,
    home: () => checkHome(home),
    modes: () => checkModes(home),
    filesystem: () => checkFilesystem(home),
    disk: () => checkDisk(home),
    supervisor: () => checkSupervisor(home, named),
  };
  const checks: Check[] = [];
  for (const [name, look] of Object.entries(looks)) checks.push(await safely(name, look));
  if (checks.some(({ name, unusable }) => name === "home" && unusable)) return checks;

  const database = examined(home.db, full);
  checks.push(...database.checks);
  return database.usable ? [...checks, ...(await checkContent(home))] : checks;
}

function examined(db: string, full: boolean): Examined {
  try {
    return checkDatabase(db, full);
  } catch (error) {
    return { checks: [failed("database", error)], usable: false };
  }
}

async function checkContent(home: Home): Promise<Check[]> {
  const looks: Record<string, (store: Store) => Promise<Check>> = {
    clock: checkClock,
    leases: checkLeases,
    workers: checkWorkers,
    output: (store) => checkOutput(store, home),
  };
  let store: Store | undefined;
  try {
    const opened = await openStore({ db: home.db, home: home.dir, create: false });
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
    `cannot be looked at: ${(error as Error).message}`,
    "make it readable for yourself, or choose another home",
  );
}
