/**
 * The only place that opens a file with better-sqlite3. Its native part is compiled for one version of Node.js and one
 * kind of machine. If it does not load, as after an upgrade of Node.js or in a copied installation, the error is one
 * line, with the command that mends it.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Sqlite, { type Database, type Options } from "better-sqlite3";
import { UnusableError } from "../core/errors.js";

/** @throws UnusableError if the native part does not load @throws Error from SQLite, if the file cannot be opened */
export function openSqlite(path: string, options: Options): Database {
  try {
    return new Sqlite(path, { ...options, ...usualAddon() });
  } catch (error) {
    const why = whyNotLoaded(error);
    if (why === null) throw error;
    throw new UnusableError(`better-sqlite3 does not load: ${why}`, `run npm rebuild better-sqlite3 ${where()}`, error);
  }
}

/** The path where npm puts it. If it is elsewhere, better-sqlite3 searches, which takes milliseconds. */
function usualAddon(): { nativeBinding?: string } {
  try {
    const { resolve } = createRequire(import.meta.url);
    return { nativeBinding: resolve("better-sqlite3/build/Release/better_sqlite3.node") };
  } catch {
    return {};
  }
}

/** The loader's messages about a file for another processor or system, or that is no module at all. */
const WRONG_MACHINE =
  /better_sqlite3\.node: (cannot open shared object file|wrong ELF class|invalid ELF header)|incompatible architecture/;

/** In a few words. Null: it has loaded, and SQLite has failed. */
function whyNotLoaded(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("tries" in error) return "its native part better_sqlite3.node is missing";
  if (!("code" in error) || error.code !== "ERR_DLOPEN_FAILED") return null;
  if (WRONG_MACHINE.test(error.message)) return "it is no module for this kind of machine";
  const [, built, needed] = /NODE_MODULE_VERSION (\d+)[\s\S]*NODE_MODULE_VERSION (\d+)/.exec(error.message) ?? [];
  // The problem follows the name of the file.
  if (built === undefined) return error.message.split("\n")[0]?.replace(/^.*better_sqlite3\.node: /, "") ?? "";
  return `it was built for another Node.js (module version ${built}; ${process.version} has ${needed})`;
}

/** The folder whose `node_modules` has the module. */
function where(): string {
  const folders = createRequire(import.meta.url).resolve.paths("better-sqlite3") ?? [];
  const modules = folders.find((folder) => existsSync(join(folder, "better-sqlite3")));
  return modules === undefined ? "where queuectl is installed" : `in ${dirname(modules)}`;
}
