/**
 * Translates between the library's spelling of a job's description and JSON's, in which it is checked and kept. An
 * error about a key uses the caller's spelling.
 */
import { UsageError } from "../../core/errors.js";
import { JSON_KEYS, KEY_IN_LIBRARY, LIBRARY_KEYS, type LibraryKey, UNITS, type Unit } from "../../core/job/keys.js";
import { formatDuration, parseDuration } from "../../core/text/duration.js";
import { parseSize } from "../../core/text/size.js";
import { suggestion } from "../../core/text/suggest.js";
import { isoTime, parseTime } from "../../core/text/time.js";

/**
 * Leaves out undefined values. If the input is no object, it stays unchanged, and the check of the description reports
 * it.
 * @param what owner of the keys, for errors: `job`
 * @throws UsageError if a key is unknown, or a value has no such unit
 */
export function toJson(spec: unknown, what: string, known: readonly LibraryKey[] = LIBRARY_KEYS): unknown {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) return spec;
  const given = Object.entries(spec).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const key = checkKey(name, what, known);
      return [JSON_KEYS[key], value === null ? null : toJsonValue(key, value)];
    }),
  );
}

/** A description that was checked before. */
export function fromJson(description: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(description).map(([name, value]) => {
      const key = KEY_IN_LIBRARY.get(name);
      return key === undefined ? [name, value] : [key, fromJsonValue(key, value)];
    }),
  );
}

/** An error about a JSON key, with the library's key. @param where prefix of the message: `specs[3]` */
export function inLibrarySpelling(error: unknown, where = ""): unknown {
  if (!(error instanceof UsageError) || error.constructor !== UsageError) return error;
  const message = error.message.replace(KEYS_OF_A_MESSAGE, (key) => KEY_IN_LIBRARY.get(key) ?? key);
  const hint = error.hint?.replace(/"([a-z_]+)":/g, (_, key) => `${KEY_IN_LIBRARY.get(key) ?? key}: `);
  return new UsageError(where === "" ? message : `${where}: ${message}`, hint);
}

/** `"run_at" and "delay" …`, `"env.A" …`, `…, which "retry_on" has too`. */
const KEYS_OF_A_MESSAGE = /(?<=^"|^"[a-z_]+" and "|, which ")[a-z_]+(?=[".])/g;

function checkKey(name: string, what: string, known: readonly LibraryKey[]): LibraryKey {
  const key = known.find((one) => one === name);
  if (key !== undefined) return key;
  const meant = KEY_IN_LIBRARY.get(name);
  const hint = meant !== undefined && known.includes(meant) ? `did you mean ${meant}?` : suggestion(name, known);
  throw new UsageError(`a ${what} has no key ${JSON.stringify(name)}`, hint);
}

function unitOf(key: LibraryKey): Unit | undefined {
  return key in UNITS ? UNITS[key as keyof typeof UNITS] : undefined;
}

function toJsonValue(key: LibraryKey, value: unknown): unknown {
  switch (unitOf(key)) {
    case "milliseconds":
      return formatDuration(wholeNumber(key, value, "milliseconds"));
    case "bytes":
      return wholeNumber(key, value, "bytes");
    case "time":
      return typeof value === "string" ? value : isoTime(moment(key, value));
    default:
      return value;
  }
}

function fromJsonValue(key: LibraryKey, value: unknown): unknown {
  const text = typeof value === "number" ? value : String(value);
  switch (unitOf(key)) {
    case "milliseconds":
      return parseDuration(text, key);
    case "bytes":
      return parseSize(text, key);
    case "time":
      return parseTime(String(value), key);
    default:
      return value;
  }
}

function wholeNumber(key: string, value: unknown, unit: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageError(`"${key}" is ${shown(value)}: it must be a whole number of ${unit}`);
}

function moment(key: string, value: unknown): number {
  const ms = value instanceof Date ? value.getTime() : value;
  if (typeof ms === "number" && !Number.isNaN(new Date(ms).getTime())) return ms;
  throw new UsageError(`"${key}" is ${shown(value)}: it must be a Date, milliseconds since the epoch, or a text`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
