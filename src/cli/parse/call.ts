/** Splits a command line into the words of a command, which may stand among global flags, and the words after them. */
import { COMMAND_PATHS, GROUPS, groupNeedsCommand, unknownCommand } from "../registry.js";

export type Call =
  | { readonly kind: "command"; readonly path: string; readonly rest: readonly string[] }
  | { readonly kind: "help"; readonly words: readonly string[] }
  | { readonly kind: "version" };

/** Global flags that take the next word as their value. */
const GLOBAL_VALUE_FLAGS = ["--home", "--db"];

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
  if (words === "" && flags.includes("--version")) return { kind: "version" };
  if (words === "" && rest.length > 0 && rest[0] !== "--") throw unknownCommand(rest[0] as string);
  if (GROUPS.includes(words) && rest.length > 0 && rest[0] !== "--") throw unknownCommand(`${words} ${rest[0]}`);
  if (asksForHelp) return { kind: "help", words: path };
  if (GROUPS.includes(words)) throw groupNeedsCommand(words);
  return { kind: "command", path: words || "status", rest: [...flags, ...rest] };
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
