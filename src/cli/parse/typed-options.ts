/**
 * Repeats `--home` and `--db` in hints. A hint names commands, such as `queuectl worker start`. Typed as they stand, they
 * have to act on the queue that the hint is about. A home that the environment names is theirs anyway.
 */
import { quoteWord } from "../../core/text/quote-word.js";
import { FIRST_WORDS } from "../registry.js";
import type { GivenOption } from "./arguments.js";

/** Where the queue lives, as flags before a command: `--home /srv/q `. Empty: none was typed. */
let flags = "";

/** A command to type: not the line of a usage, and not the program's name in a sentence. */
const COMMAND = new RegExp(`(?<!usage: |[\\w./-])queuectl (?=(?:${FIRST_WORDS.join("|")})(?![\\w-]))`, "g");

/** The hint, with the options of this call in each of its commands. */
export function asTyped(hint: string): string {
  return flags === "" ? hint : hint.replace(COMMAND, (program) => program + flags);
}

/** The same with its hint as typed. */
export function hintAsTyped<Hinted extends { readonly hint?: string }>(hinted: Hinted): Hinted {
  return hinted.hint === undefined ? hinted : { ...hinted, hint: asTyped(hinted.hint) };
}

/** Notes the options of this call, for all its hints. */
export async function noteOptions(options: readonly GivenOption[]): Promise<void> {
  const home = typedValue("--home", options);
  const db = await withoutPassword(typedValue("--db", options));
  const given = { "--home": home, "--db": db };
  flags = Object.entries(given)
    .flatMap(([name, value]) => (value ? [`${name} ${quoteWord(value)} `] : []))
    .join("");
}

/** The options in words that are not yet checked, and may be wrong. */
export function optionsAmong(words: readonly string[]): GivenOption[] {
  const end = words.indexOf("--");
  return words.slice(0, end === -1 ? words.length : end).flatMap((word, i) => {
    const [, name, value = words[i + 1]] = /^(--home|--db)(?:=(.*))?$/s.exec(word) ?? [];
    return name !== undefined && value !== undefined ? [{ name, value }] : [];
  });
}

function typedValue(wanted: string, options: readonly GivenOption[]): string | undefined {
  const value = options.find(({ name }) => name === wanted)?.value;
  return typeof value === "string" ? value : undefined;
}

/** A URL as it may be shown. Undefined: none was given, or it cannot be told which part of it is the password. */
async function withoutPassword(db: string | undefined): Promise<string | undefined> {
  if (db === undefined || !db.includes("://")) return db;
  const { locateHome } = await import("../../home/home.js");
  try {
    return locateHome({ home: "/", db }).database.shown;
  } catch {
    return undefined;
  }
}
