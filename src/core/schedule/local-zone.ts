/**
 * The zone of local time, as the C library reads it from TZ: a name, a path below `zoneinfo`, `/etc/localtime`, a rule of
 * POSIX, all of them also after a colon; empty is UTC, absent is the machine's zone. Node reads names only, and takes UTC
 * for everything else without a word.
 */
import { UnusableError } from "../errors.js";
import { findZone, machineZone, wallTime } from "./zone.js";

const HINT = "set it to a name such as Europe/Berlin or UTC, or unset it for this machine's zone";

/** @throws UnusableError if TZ names no zone */
export function localZone({ TZ }: NodeJS.ProcessEnv = process.env): string {
  if (TZ === undefined) return machineZone();
  const zone = findZone(TZ);
  if (zone !== null) return zone;
  throw new UnusableError(`TZ is ${JSON.stringify(TZ)}, which is no time zone`, HINT);
}

/** What a clock in the local zone shows, encoded as if it were UTC. @throws UnusableError if TZ names no zone */
export function localWall(ms: number): number {
  // Node's own answer is quick, and right where it does not have to read TZ.
  if (process.env.TZ === undefined) return ms - new Date(ms).getTimezoneOffset() * 60_000;
  return wallTime(ms, localZone());
}
