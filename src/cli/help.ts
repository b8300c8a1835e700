/** Help and version. Help loads all commands, which no other call does. */
import packageJson from "../../package.json" with { type: "json" };
import { usageLines } from "./parse/arguments.js";
import { type Call, withoutHabits } from "./parse/call.js";
import { groupOptions, type OptionSignature, signatureOf } from "./parse/signature.js";
import { COMMAND_PATHS, GROUPS, loadCommand, unknownCommand } from "./registry.js";
import { writeText } from "./terminal/standard-streams.js";
import { style } from "./terminal/style.js";
import { terminalWidth } from "./terminal/table.js";
import { nameColumn, wrapText } from "./terminal/wrap.js";
import { topics } from "./topics.js";

const INDENT = "  ";

/** Longer lines are hard to read. Characters. */
const WIDEST_TEXT = 98;

const GLOBAL_OPTIONS = ["--home", "--db", "--json"];

/** Resolves to the exit code. */
export async function answer(call: Exclude<Call, { kind: "command" }>): Promise<number> {
  if (call.kind === "version") writeText(1, `${packageJson.version}\n`);
  else writeText(1, `${await helpFor(call.words)}\n`);
  return 0;
}

async function helpFor(words: readonly string[]): Promise<string> {
  const known = COMMAND_PATHS.includes(words.join(" ")) || GROUPS.includes(words.join(" "));
  const path = (known ? words : withoutHabits(words)).join(" ");
  if (COMMAND_PATHS.includes(path)) return commandHelp(path);
  if (GROUPS.includes(path)) return groupHelp(path);
  // `help help` and plain help are the same.
  if (path === "" || path === "help") return overview();
  throw unknownCommand(path);
}

async function overview(): Promise<string> {
  return [
    wrap("queuectl runs shell commands durably: it queues them, retries them, and loses nothing in a crash."),
    heading("Usage", ["queuectl COMMAND [flags] [arguments]"]),
    ...(await topicTables()),
    heading("For every command", optionTable(await globalOptions())),
    heading("Try", [
      `queuectl enqueue '{"command":"echo Hello World"}'`,
      "queuectl worker start --count 3 --detach",
      "queuectl status",
    ]),
    "\nqueuectl help COMMAND says more about one of them.",
  ].join("\n");
}

async function groupHelp(group: string): Promise<string> {
  const members = COMMAND_PATHS.filter((path) => path.startsWith(`${group} `));
  return [
    `Usage: queuectl ${group} COMMAND`,
    heading("Commands", await commandTable(members)),
    `\nqueuectl help ${members[0]} says more about one of them.`,
  ].join("\n");
}

async function commandHelp(path: string): Promise<string> {
  const { usage, signature } = await describe(path);
  const own = signature.options.filter(({ names }) => !names.some((name) => GLOBAL_OPTIONS.includes(name)));
  return [
    wrap(`${usage.description ?? ""}.`),
    heading("Usage", usageLines(signature).map(wrap)),
    ...optionTables(groupOptions(own, signature.flagGroups)),
    heading("For every command", optionTable(await globalOptions())),
    ...(usage.details ? [`\n${wrap(usage.details)}`] : []),
    heading(
      "Examples",
      (usage.examples ?? []).flatMap(([what, how]) => [style.dim(`# ${what}`), how]),
    ),
  ].join("\n");
}

async function describe(path: string) {
  const commandClass = await loadCommand(path);
  return { usage: commandClass.usage ?? {}, signature: signatureOf(commandClass) };
}

async function globalOptions(): Promise<OptionSignature[]> {
  const { signature } = await describe("status");
  return signature.options.filter(({ names }) => names.some((name) => GLOBAL_OPTIONS.includes(name)));
}

/** All tables with the same columns, so that they line up. */
async function topicTables(): Promise<string[]> {
  const lines = await commandTable(COMMAND_PATHS);
  const lineOf = new Map(COMMAND_PATHS.map((path, i) => [path, lines[i] as string]));
  return topics().map(({ title, paths }) =>
    heading(
      title,
      paths.map((path) => lineOf.get(path) as string),
    ),
  );
}

async function commandTable(paths: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(
    paths.map(async (path) => [path, (await loadCommand(path)).usage?.description ?? ""] as const),
  );
  return aligned(rows);
}

/** All tables with the same columns. */
function optionTables(groups: ReturnType<typeof groupOptions>): string[] {
  const lines = optionTable(groups.flatMap(([, options]) => options));
  return groups.map(([title, options]) => heading(title, lines.splice(0, options.length)));
}

function optionTable(options: readonly OptionSignature[]): string[] {
  return aligned(
    options.map(({ names, value, description }) => {
      const indent = names[0]?.startsWith("--") ? "    " : "";
      return [`${indent}${names.join(", ")}${value === null ? "" : ` ${value}`}`, description] as const;
    }),
  );
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  return nameColumn(rows, terminalWidth() - INDENT.length);
}

/** A line may have several of its own. */
function heading(title: string, lines: readonly string[]): string {
  return [`\n${style.bold(title)}`, ...lines.map((line) => INDENT + line.replaceAll("\n", `\n${INDENT}`))].join("\n");
}

function wrap(text: string): string {
  return wrapText(text, Math.min(terminalWidth(), WIDEST_TEXT));
}
