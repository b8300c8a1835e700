/**
 * Reads the words after a command: flags before, between and after its arguments, `--flag value` and `--flag=value`,
 * combined short flags, and everything after `--` as it is. A value may begin with a dash. Every mistake gets an error
 * that names it. That includes a second value for a single one: dropping the first silently would lose jobs, or delete
 * too many.
 */
import { UsageError } from "../../core/errors.js";
import { suggest } from "../../core/text/suggest.js";
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
    const [, name = word, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const option = findOption(signature, name);
    if (option.value === null && value !== undefined) throw new UsageError(`${name} takes no value`);
    return [{ option, name, value }];
  }
  const flags: Flag[] = [];
  for (let i = 1; i < word.length; i++) {
    const name = `-${word[i]}`;
    const option = findOption(signature, name, word);
    const attached = word.slice(i + 1).replace(/^=/, "");
    if (option.value !== null) return [...flags, { option, name, value: attached === "" ? undefined : attached }];
    flags.push({ option, name });
  }
  return flags;
}

function findOption(signature: Signature, name: string, word = name): OptionSignature {
  const option = signature.options.find(({ names }) => names.includes(name));
  if (option) return option;
  const known = signature.options.flatMap(({ names }) => names.filter((known) => known.startsWith("--")));
  const meant = suggest(word, known);
  throw new UsageError(
    `${signature.path} has no flag ${word}`,
    meant === undefined ? `${signature.path} --help lists its flags` : `did you mean ${meant}?`,
  );
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
    throw new UsageError(`${signature.path} needs ${missing}`, `usage: ${usageLine(signature)}`);
  }
  const extra = positionals[signature.required.length + signature.optional.length];
  if (extra === undefined || signature.rest) return;
  throw new UsageError(
    `unexpected argument ${JSON.stringify(extra)}`,
    signature.argumentHint ?? `usage: ${usageLine(signature)}`,
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
