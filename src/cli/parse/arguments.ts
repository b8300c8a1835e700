/**
 * Reads the words after a command: flags before, between and after its arguments, `--flag value` and `--flag=value`,
 * combined short flags, and everything after `--` as it is. A value may begin with a dash. Every mistake gets an error
 * that names it. That includes a second value for a single one: dropping the first silently would lose jobs, or delete
 * too many.
 */
import { UsageError } from "../../core/errors.js";
import { suggest } from "../../core/text/suggest.js";
import { argumentHint } from "../habits/arguments.js";
import { flagHabit } from "../habits/flags.js";
import { formsHint } from "../habits/habit.js";
import type { OptionSignature, Signature } from "./signature.js";

export interface GivenOption {
  readonly name: string;
  /** True for a switch. */
  readonly value: string | true;
}

export interface GivenArguments {
  readonly options: readonly GivenOption[];
  readonly positionals: readonly string[];
  /** The words of a command to run, after `--`. Null: there is no `--`. */
  readonly tail: readonly string[] | null;
  readonly help: boolean;
}

/** @throws UsageError naming the flag or argument that is unknown, missing or too many */
export function readArguments(signature: Signature, words: readonly string[]): GivenArguments {
  const options: GivenOption[] = [];
  const seen = new Set<OptionSignature>();
  const positionals: string[] = [];
  let tail: readonly string[] | null = null;
  let help = false;

  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === "--") {
      if (signature.takesCommand) tail = words.slice(i + 1);
      else positionals.push(...words.slice(i + 1));
      break;
    }
    if (word === "-h" || word === "--help") help = true;
    else if (!word.startsWith("-") || word === "-" || /^-\.?\d/.test(word)) positionals.push(word);
    else {
      for (const { option, name, value } of readFlag(signature, word)) {
        if (seen.has(option)) checkAgain(option);
        seen.add(option);
        const given = option.value === null || (value ?? valueAfter(signature, option, words[++i]));
        options.push({ name, value: given });
      }
    }
  }
  if (!help) checkCount(signature, positionals);
  return { options, positionals, tail, help };
}

interface Flag {
  readonly option: OptionSignature;
  readonly name: string;
  /** Value in the same word. Undefined: there is none. */
  readonly value?: string | undefined;
}

/** Splits a word into one long flag, or several short ones, of which the last may have its value attached. */
function readFlag(signature: Signature, word: string): Flag[] {
  if (word.startsWith("--")) {
    const [, typed = word, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = findFlag(signature, typed);
    if (flag === null) return [];
    const { option, name, value: meant } = flag;
    if ((option.value === null || meant !== undefined) && value !== undefined)
      throw new UsageError(`${typed} takes no value`);
    return [{ option, name, value: meant ?? (value && pathFor(option, value)) }];
  }
  const flags: Flag[] = [];
  for (let i = 1; i < word.length; i++) {
    const flag = findFlag(signature, `-${word[i]}`, word);
    if (flag === null) continue;
    const attached = word.slice(i + 1).replace(/^=/, "");
    if (flag.option.value !== null && flag.value === undefined)
      return [...flags, { ...flag, value: attached === "" ? undefined : attached }];
    flags.push(flag);
  }
  return flags;
}

/** A shell puts the home directory in place of ~ at the beginning of a word, and not after `--home=`. */
function pathFor({ value: kind }: OptionSignature, value: string): string {
  const { HOME } = process.env;
  return HOME !== undefined && /^(DIR|FILE)\b/.test(kind ?? "") ? value.replace(/^~(?=\/|$)/, () => HOME) : value;
}

/** The flag of this name, or the one that it means from habit. Null: it asks for what happens anyway. */
function findFlag(signature: Signature, name: string, word = name): Flag | null {
  const option = signature.options.find(({ names }) => names.includes(name));
  if (option) return { option, name };
  const habit = flagHabit(pathOf(signature), name);
  if (habit === undefined || "type" in habit) throw unknownFlag(signature, word, habit && formsHint(habit.type));
  if (habit.means === "") return null;
  const [, meant = habit.means, value] = /^([^=]+)=(.*)$/s.exec(habit.means) ?? [];
  const known = signature.options.find(({ names }) => names.includes(meant));
  if (!known) throw unknownFlag(signature, word, undefined);
  return { option: known, name: meant, value };
}

function unknownFlag(signature: Signature, word: string, hint: string | undefined): UsageError {
  const known = signature.options.flatMap(({ names }) => names.filter((known) => known.startsWith("--")));
  const meant = suggest(
    word.replace(/^-+/, ""),
    known.map((name) => name.slice(2)),
  );
  const spelling = meant === undefined ? `${signature.path} --help lists its flags` : `did you mean --${meant}?`;
  return new UsageError(`${signature.path} has no flag ${word}`, hint ?? spelling);
}

/** The command's words, without `queuectl`. */
function pathOf({ path }: Signature): string {
  return path.slice(path.indexOf(" ") + 1);
}

function valueAfter(signature: Signature, option: OptionSignature, next: string | undefined): string {
  const isFlag = next === "--" || signature.options.some(({ names }) => next !== undefined && names.includes(next));
  if (next !== undefined && !isFlag) return next;
  throw new UsageError(`${option.names.at(-1)} needs a value`, `${option.names.at(-1)} ${option.value}`);
}

/** A switch may be repeated; a flag with a value may not, unless it is a list. */
function checkAgain({ names, value, isList }: OptionSignature): void {
  if (value === null || isList) return;
  throw new UsageError(`${names.at(-1)} is given twice`, "it takes one value: give it once");
}

function checkCount(signature: Signature, positionals: readonly string[]): void {
  const missing = signature.required[positionals.length];
  if (missing !== undefined) {
    const usage = `usage: ${usageLine(signature)}`;
    const hint = missing === "ID" ? `${usage}; the newest job is called last` : usage;
    throw new UsageError(`${signature.path} needs ${missing}`, hint);
  }
  const extra = positionals[signature.required.length + signature.optional.length];
  if (extra === undefined || signature.rest) return;
  throw new UsageError(
    `unexpected argument ${JSON.stringify(extra)}`,
    argumentHint(pathOf(signature), extra, positionals) ?? signature.argumentHint ?? `usage: ${usageLine(signature)}`,
  );
}

function usageLine(signature: Signature): string {
  const { required, optional, rest } = signature;
  const words = [...required, ...optional.map((name) => `[${name}]`)];
  // In a declaration, an optional list of arguments has no name; here it always holds jobs.
  if (rest) words.push(words.length > 0 ? `${words.pop()}...` : "[ID...]");
  return [signature.path, "[flags]", ...words].join(" ");
}

/** Every way to call the command. */
export function usageLines(signature: Signature): string[] {
  const { path, required, takesCommand } = signature;
  const withCommand = [path, "[flags]", ...required, "-- COMMAND [ARGUMENT]..."].join(" ");
  return takesCommand ? [usageLine(signature), withCommand] : [usageLine(signature)];
}
