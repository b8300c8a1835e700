/**
 * Tells whether another user could put a file into the home, or a home of theirs in its place. To write to a home is to
 * run commands as its owner.
 *
 * The rules are those of sshd's StrictModes: the directory and every directory above it belong to us or to root, and
 * neither group nor others may write to them. Unlike sshd, a sticky directory such as /tmp may be above a home: in it no
 * user can rename what belongs to another.
 */

import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { UnusableError } from "../core/errors.js";
import { quoteWord } from "../core/text/quote-word.js";

/** What is wrong, and what mends it. */
export interface Finding {
  readonly message: string;
  readonly hint: string;
}

type Owned = Pick<Stats, "uid" | "mode">;

const OTHER_HOME = "choose another with --home DIR or QUEUECTL_HOME";
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** @param dir absolute, without links @throws UnusableError if other users could take the home over */
export function checkTrust(dir: string): void {
  const finding = findingOf(dir);
  if (finding !== null) throw new UnusableError(finding.message, finding.hint);
}

function findingOf(dir: string): Finding | null {
  try {
    return distrust(dir);
  } catch (error) {
    return { message: `the home directory ${dir} cannot be used: ${(error as Error).message}`, hint: OTHER_HOME };
  }
}

/** Null: no other user can take the home over. @param dir absolute, without links; it may be missing */
export function distrust(dir: string, me: number | undefined = process.getuid?.()): Finding | null {
  if (me === undefined) return null;
  const home = statSync(dir, { throwIfNoEntry: false });
  const finding = home === undefined ? null : distrustHome(dir, home, me);
  if (finding !== null) return finding;
  for (let path = dir; path !== dirname(path); ) {
    path = dirname(path);
    const parent = statSync(path, { throwIfNoEntry: false });
    const found = parent === undefined ? null : distrustParent(path, parent, dir, me);
    if (found !== null) return found;
  }
  return null;
}

export function distrustHome(dir: string, { uid, mode }: Owned, me: number): Finding | null {
  if (uid !== me) {
    return {
      message: `the home directory ${dir} belongs to another user (uid ${uid}, you are ${me})`,
      hint: "a job runs as the owner of its home: become that user, or choose another home with --home DIR",
    };
  }
  if ((mode & OTHERS_WRITE) === 0) return null;
  return {
    message: `other users may write to the home directory ${dir}, and so run commands as you`,
    hint: goMinusW(dir),
  };
}

export function distrustParent(path: string, { uid, mode }: Owned, dir: string, me: number): Finding | null {
  if (uid !== me && uid !== 0 && uid !== unmappedUser()) {
    return {
      message: `the directory ${path} belongs to another user (uid ${uid}), who could replace the home ${dir} in it`,
      hint: "choose another home with --home DIR, or become that user",
    };
  }
  if ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0) return null;
  return { message: `other users may write to ${path}, and so replace the home ${dir} in it`, hint: goMinusW(path) };
}

function goMinusW(path: string): string {
  return `chmod go-w ${quoteWord(path)}`;
}

/** The uid of all users that this user namespace does not know, root of the host among them. Null: it knows them all. */
function unmappedUser(): number | null {
  try {
    const [first] = readFileSync("/proc/self/uid_map", "utf8").trim().split("\n");
    if (/^\s*0\s+0\s+4294967295$/.test(first ?? "")) return null;
    return Number(readFileSync("/proc/sys/kernel/overflowuid", "utf8"));
  } catch {
    // Only Linux has user namespaces.
    return null;
  }
}
