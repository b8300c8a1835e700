/**
 * Where the password of a database comes from, the first that there is: the URL, the file that QUEUECTL_DB_PASSWORD_FILE
 * names, PGPASSWORD, the home's `db.pgpass`, and last what the driver finds by itself (PGPASSFILE, ~/.pgpass).
 *
 * A URL with a password is cut in two. The home keeps the password in `db.pgpass`, which only its owner can read, in the
 * form of PostgreSQL's own password files: with server, database and user, so that it never goes to another one. Our
 * other processes, and jobs that call queuectl, find it there.
 */
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnusableError } from "../core/errors.js";
import type { PostgresLocation } from "./postgres-location.js";
import type { PostgresAddress } from "./postgres-url.js";

const FILE = "db.pgpass";

/** Undefined: the driver looks for it. @throws UnusableError if a named file cannot be read */
export function passwordOf(database: PostgresLocation, home: string, env: NodeJS.ProcessEnv): string | undefined {
  return (
    database.revealPassword() ??
    (env.QUEUECTL_DB_PASSWORD_FILE ? namedFile(env.QUEUECTL_DB_PASSWORD_FILE) : undefined) ??
    env.PGPASSWORD ??
    keptPassword(join(home, FILE), database.address)
  );
}

/** Keeps the URL's password in the home, if it has one. */
export function keepPassword(database: PostgresLocation, home: string): void {
  const password = database.revealPassword();
  if (password === undefined) return;
  const path = join(home, FILE);
  const text = keysOf(database.address)
    .map((key) => `${key}:${escaped(password)}\n`)
    .join("");
  if (read(path) === text) return;
  // Whole or not at all: another process may be reading it.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

function namedFile(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new UnusableError(
      `the file that QUEUECTL_DB_PASSWORD_FILE names cannot be read: ${(error as Error).message}`,
      "name a file whose only line is the password",
      error,
    );
  }
}

function keptPassword(path: string, address: PostgresAddress): string | undefined {
  const lines = (read(path) ?? "").split("\n");
  const keys = keysOf(address);
  const line = lines.find((text) => keys.some((key) => text.startsWith(`${key}:`)));
  const key = keys.find((one) => line?.startsWith(`${one}:`));
  return key === undefined ? undefined : line?.slice(key.length + 1).replace(/\\(.)/g, "$1");
}

/** What stands before the password, one for each server. */
function keysOf({ servers, database, user }: PostgresAddress): string[] {
  return servers.map(({ host, port }) =>
    [host, String(port), database ?? "*", user ?? "*"].map((part) => (part === "*" ? part : escaped(part))).join(":"),
  );
}

function escaped(text: string): string {
  return text.replace(/[\\:]/g, "\\$&");
}

/** Null: there is no such file. */
function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
