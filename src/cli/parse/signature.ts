/**
 * The signature of a command, read from its declaration: for checking arguments, and for help.
 *
 * An option's description may begin with the name of its value: `"DIR | where the queue lives"`.
 */

import type { CommandClass } from "../registry.js";
import { declarationOf } from "./clipanion.js";

export interface OptionSignature {
  /** As typed, the short one first: `-f`, `--file`. */
  readonly names: readonly string[];
  /** Name of its value. Null: a switch. */
  readonly value: string | null;
  /** Whether it may be repeated, each time with another value. */
  readonly isList: boolean;
  readonly description: string;
}

export interface Signature {
  /** `queuectl worker start` */
  readonly path: string;
  readonly options: readonly OptionSignature[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Whether any number of arguments may follow. */
  readonly rest: boolean;
  /** Whether the words after `--` are a command to run, not arguments. */
  readonly takesCommand: boolean;
  /** Help's headings, each with the names of its options. */
  readonly flagGroups: Readonly<Record<string, readonly string[]>>;
  /** Hint for a user who gives too many arguments. */
  readonly argumentHint: string | undefined;
}

export function signatureOf(commandClass: CommandClass): Signature {
  const { builder, lists } = declarationOf(commandClass);
  const { paths, options, arity } = builder;
  return {
    path: ["queuectl", ...(paths[0] ?? [])].join(" "),
    options: options.map(({ names, arity, description = "" }) => {
      const [, value = "VALUE", rest = description] = /^([^ ]+) \| (.*)$/s.exec(description) ?? [];
      const isList = lists.has(names[0] as string);
      return { names, value: arity > 0 ? value : null, isList, description: rest };
    }),
    required: arity.leading,
    optional: Array.isArray(arity.extra) ? arity.extra : [],
    rest: !Array.isArray(arity.extra),
    takesCommand: commandClass.takesCommand ?? false,
    flagGroups: commandClass.flagGroups ?? {},
    argumentHint: commandClass.argumentHint,
  };
}

/** The options by heading, first the ones without a heading. No list is empty. */
export function groupOptions(
  options: readonly OptionSignature[],
  groups: Signature["flagGroups"],
): readonly (readonly [title: string, options: readonly OptionSignature[]])[] {
  const named = Object.entries(groups).map(([title, names]) => {
    const members = names.map((name) => options.find((option) => option.names.includes(name)));
    return [title, members.filter((member) => member !== undefined)] as const;
  });
  const grouped = new Set(named.flatMap(([, members]) => members));
  const rest = options.filter((option) => !grouped.has(option));
  return [["Flags", rest] as const, ...named].filter(([, members]) => members.length > 0);
}
