/** Time zones by their IANA names or a rule of POSIX, and the wall-clock time in a zone. */
import { distance } from "fastest-levenshtein";
import { UsageError } from "../errors.js";
import { type PosixZone, posixOffset, readPosixZone } from "./posix-zone.js";

const DAY_MS = 86_400_000;

/** The zone in its usual spelling. @throws UsageError with the nearest known name */
export function checkZone(name: string): string {
  const zone = name === "" ? null : findZone(name);
  if (zone !== null) return zone;
  throw new UsageError(`--tz: there is no time zone ${JSON.stringify(name)}`, nearestZone(name));
}

/** The zone of a text as the C library reads it from TZ, in its usual spelling. Null: there is none. */
export function findZone(text: string): string | null {
  const name = text
    .replace(/^:/, "")
    .replace(/^\/.*\/zoneinfo\//, "")
    .replace(/^posix\//, "");
  if (name === "") return "UTC";
  if (name === "/etc/localtime" || name === "localtime") return machineZone();
  if (!isZone(name)) return readPosixZone(name) === null ? null : name;
  const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
  // An alias stays as typed: a user who writes Asia/Kolkata does not want to read Asia/Calcutta.
  return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
}

/** The zone of this machine, also if TZ names another; UTC if it cannot be found. */
export function machineZone(): string {
  return knownMachineZone() ?? "UTC";
}

/** Undefined: the system does not tell its name. */
export function knownMachineZone(): string | undefined {
  const { TZ } = process.env;
  // Node looks again at each change of the variable.
  delete process.env.TZ;
  try {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return isZone(timeZone) ? timeZone : undefined;
  } finally {
    if (TZ !== undefined) process.env.TZ = TZ;
  }
}

/** Offsets such as +02:00 are refused: they know no summer time, and not every Node takes them. */
function isZone(name: string | undefined): name is string {
  if (name === undefined || !/^[A-Za-z]/.test(name) || name === "Etc/Unknown") return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Matches the whole name or the city alone. */
function nearestZone(typed: string): string {
  const wanted = typed.toLowerCase().replaceAll(" ", "_");
  const zones = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  const far = (zone: string) => {
    const known = zone.toLowerCase();
    return Math.min(distance(wanted, known), distance(wanted, known.slice(known.lastIndexOf("/") + 1)));
  };
  const best = zones.reduce((a, b) => (far(b) < far(a) ? b : a));
  return far(best) <= Math.max(1, Math.floor(wanted.length / 3))
    ? `did you mean ${best}?`
    : "give a name such as Europe/Berlin or UTC";
}

const posixZones = new Map<string, PosixZone | null>();

/** Null: the zone has a name. */
export function posixZoneOf(zone: string): PosixZone | null {
  let posix = posixZones.get(zone);
  if (posix === undefined) {
    posix = isZone(zone) ? null : readPosixZone(zone);
    posixZones.set(zone, posix);
  }
  return posix;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall-clock time in the zone, encoded as if it were UTC. */
export function wallTime(ms: number, zone: string): number {
  const posix = posixZoneOf(zone);
  if (posix !== null) return ms + posixOffset(posix, ms);
  let format = formats.get(zone);
  if (format === undefined) {
    const two = "2-digit";
    const clock = { hour: two, minute: two, second: two, hourCycle: "h23" } as const;
    format = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: two, day: two, ...clock });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

function offsetOf(ms: number, zone: string): number {
  return wallTime(ms, zone) - ms;
}

/** The first moment at which a clock in the zone shows `wall`. If the clock skips that time: the moment of the jump. */
export function firstInstant(wall: number, zone: string): number {
  // A day before and a day after lie on both sides of a clock change.
  const [before, after] = [offsetOf(wall - DAY_MS, zone), offsetOf(wall + DAY_MS, zone)];
  const candidates = [wall - before, wall - after].sort((a, b) => a - b);
  const shown = candidates.find((ms) => wallTime(ms, zone) === wall);
  if (shown !== undefined) return shown;
  let [low, high] = [candidates[0] as number, candidates[1] as number];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetOf(middle, zone) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** `2030-03-31T03:00:00+02:00` */
export function zonedTime(ms: number, zone: string): string {
  const minutes = Math.round(offsetOf(ms, zone) / 60_000);
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const sign = minutes < 0 ? "-" : "+";
  const wall = new Date(wallTime(ms, zone)).toISOString().slice(0, 19);
  return `${wall}${sign}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}
