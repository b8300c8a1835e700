/**
 * Uses clipanion for declaring commands, without its `Cli`. `Cli` writes errors to stdout, makes all three standard
 * streams when it is imported, and compiles a state machine at every start; together that costs a short command a tenth
 * of its time. `arguments.ts` reads the words instead, with better errors. The meaning of a declaration stays
 * clipanion's affair.
 */
import { Command } from "clipanion/lib/advanced/Command.js";
import { CommandBuilder, NoLimits, type RunState } from "clipanion/lib/core.js";
import type { CallContext, CliContext } from "../base/command.js";
import type { CommandClass } from "../registry.js";
import type { GivenArguments } from "./arguments.js";

export * as Option from "clipanion/lib/advanced/options/index.js";
export { Command };

/** The true type of clipanion's `Option.…`: a specification, disguised as the value that it will get. */
interface OptionSpec {
  definition(builder: Builder, key: string): void;
  transformer(builder: Builder, key: string, state: RunState, context: CliContext): unknown;
}

type Builder = CommandBuilder<{ commandClass: CommandClass }>;

export interface Declaration {
  readonly builder: Builder;
  /** Names of the options that collect several values. */
  readonly lists: ReadonlySet<string>;
}

/** The options and arguments that a command declares. */
export function declarationOf(commandClass: CommandClass): Declaration {
  const builder: Builder = new CommandBuilder(0, { binaryName: "queuectl" });
  const lists = new Set<string>();
  for (const path of commandClass.paths ?? []) builder.addPath(path);
  for (const [key, spec] of specsOf(new commandClass())) {
    const before = builder.options.length;
    spec.definition(builder, key);
    const names = builder.options.slice(before).flatMap((option) => option.names);
    if (gathers(spec, builder, key, names)) for (const name of names) lists.add(name);
  }
  return { builder, lists };
}

/** The definition of an option does not tell this, so its transformer is tried on a value. */
function gathers(spec: OptionSpec, builder: Builder, key: string, [name]: readonly string[]): boolean {
  if (name === undefined) return false;
  const state = { options: [{ name, value: "" }], positionals: [] } as unknown as RunState;
  return Array.isArray(spec.transformer(builder, key, state, {} as CliContext));
}

/** The command with its options and arguments filled in. */
export function instantiate(commandClass: CommandClass, given: GivenArguments, call: CallContext): Command<CliContext> {
  const { builder } = declarationOf(commandClass);
  const { leading, extra } = builder.arity;
  const kindOf = (index: number) => (index < leading.length ? false : extra === NoLimits ? NoLimits : true);
  const state = {
    options: given.options.map(({ name, value }) => ({ name, value })),
    positionals: given.positionals.map((value, index) => ({ value, extra: kindOf(index) })),
  } as unknown as RunState;

  const context = call as CliContext;
  const command = new commandClass();
  command.context = context;
  const values = specsOf(command).map(([key, spec]) => [key, spec.transformer(builder, key, state, context)]);
  return Object.assign(command, Object.fromEntries(values));
}

function specsOf(command: Command<CliContext>): [string, OptionSpec][] {
  const isSpec = (value: unknown) => typeof value === "object" && value !== null && Command.isOption in value;
  return Object.entries(command).filter(([, value]) => isSpec(value)) as [string, OptionSpec][];
}
