/** Splits a command line into the words of a command, which may stand among global flags, and the words after them. */
import { UsageError } from "../../core/errors.js";
import { commandHabit } from "../habits/commands.js";
import { formsHint, type Habit } from "../habits/habit.js";
import { COMMAND_PATHS, GROUPS, groupNeedsCommand, unknownCommand } from "../registry.js";

export type Call =
  | { readonly kind: "command"; readonly path: string; readonly rest: readonly string[] }
  | { readonly kind: "help"; readonly words: readonly string[] }
  | { readonly kind: "version" };

/** Global flags that take the next word as their value. */
const GLOBAL_VALUE_FLAGS = ["--home", "--db"];

/** Flags of every command, which may stand before it. */
const GLOBAL_FLAGS = [...GLOBAL_VALUE_FLAGS, "--json", "--help", "-h"];

const VERSION_FLAGS = ["--version", "-v", "-V"];

/** @throws UsageError if there is no such command */
export function splitCall(argv: readonly string[]): Call {
  const path: string[] = [];
  const flags: string[] = [];
  let i = 0;
  for (; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === "--") break;
    if (word.startsWith("-") && word !== "-") {
      flags.push(word);
      if (GLOBAL_VALUE_FLAGS.includes(word) && i + 1 < argv.length) flags.push(argv[++i] as string);
    } else if (isPath([...path, word].join(" "))) path.push(word);
    else break;
  }
  const rest = argv.slice(i);
  const words = path.join(" ");
  const asksForHelp = flags.includes("--help") || flags.includes("-h");

  if (words === "help") return { kind: "help", words: rest.filter((word) => !word.startsWith("-")) };
  if (words === "" && flags.some((flag) => VERSION_FLAGS.includes(flag))) return { kind: "version" };
  if (words === "" || GROUPS.includes(words)) {
    const typed = [...path, ...beforeFlags(rest).slice(0, 2)];
    const called = habitOf(typed, path.length);
    const whole = !asksForHelp && (rest.length === 0 || flags.length > 0);
    if (called !== undefined && (called.count > path.length || whole)) {
      const means = wordsMeant(typed.slice(0, called.count).join(" "), called.habit);
      return splitCall([...flags, ...means, ...rest.slice(called.count - path.length)]);
    }
    const [next] = beforeFlags(rest);
    const [flag] = flags.filter((word) => word.startsWith("-") && !isGlobal(word));
    if (next !== undefined && path.length === 0 && flag !== undefined && habitOf([next], 1) === undefined)
      throw new UsageError(
        `queuectl has no flag ${flag.replace(/=.*$/s, "")} before the command`,
        "queuectl --help lists the commands; their flags follow them",
      );
    if (next !== undefined) throw unknownCommand([...path, next].join(" "), path.length === 0 ? rest : []);
  }
  if (asksForHelp) return { kind: "help", words: path };
  if (GROUPS.includes(words)) throw groupNeedsCommand(words);
  return { kind: "command", path: words || "status", rest: [...flags, ...rest] };
}

/** The words of a command that this is called by habit. Unchanged: it is no habit. @throws UsageError with the forms to type */
export function withoutHabits(words: readonly string[]): readonly string[] {
  const habit = commandHabit(words.join(" "));
  return habit === undefined ? words : wordsMeant(words.join(" "), habit).filter((word) => !word.startsWith("-"));
}

function wordsMeant(typed: string, habit: Habit): string[] {
  if ("means" in habit) return habit.means.split(" ");
  throw new UsageError(`there is no command ${JSON.stringify(typed)}`, formsHint(habit.type));
}

/** The habit that most of the words name, and how many they are. */
function habitOf(
  words: readonly string[],
  least: number,
): { readonly habit: Habit; readonly count: number } | undefined {
  for (let count = words.length; count >= Math.max(1, least); count--) {
    const habit = commandHabit(words.slice(0, count).join(" "));
    if (habit !== undefined) return { habit, count };
  }
  return undefined;
}

/** @param flag `--flag` or `--flag=value` */
function isGlobal(flag: string): boolean {
  return GLOBAL_FLAGS.includes(flag.replace(/=.*$/s, ""));
}

function beforeFlags(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.startsWith("-") && word !== "-");
  return end === -1 ? words : words.slice(0, end);
}

function isPath(words: string): boolean {
  return words === "help" || GROUPS.includes(words) || COMMAND_PATHS.includes(words);
}

/** Whether errors are printed as JSON. Found out before the command line is parsed. */
export function wantsJson(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes("--json") || jsonByEnvironment(env);
}

export function jsonByEnvironment(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.QUEUECTL_OUTPUT?.toLowerCase() === "json";
}
