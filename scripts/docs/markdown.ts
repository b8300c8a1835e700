/** The reference as Markdown, for docs/commands.md. */
import {
  type CommandReference,
  ENVIRONMENT,
  EXIT_CODES,
  flagText,
  JOB_ENVIRONMENT,
  readGlobalOptions,
  readTopics,
  SETTINGS_TABLE,
  VALUES,
} from "./reference.js";

export async function markdown(): Promise<string> {
  const topics = await readTopics();
  const globals = (await readGlobalOptions()).map((option) => [code(flagText(option)), option.description]);
  const parts = [
    "# Commands",
    "<!-- Made by `npm run docs` from the commands themselves: change those. -->",
    "`queuectl help` lists the commands; `queuectl help COMMAND` prints the text below. Bare `queuectl` is `queuectl status`.",
    topics.map(({ title, commands }) => contents(title, commands)).join("\n"),
    "Every command takes",
    table(["flag", ""], [...globals, [code("-h, --help"), "usage, flags and examples"]]),
    ...topics.flatMap(({ title, commands }) => [`## ${title}`, ...commands.map(section)]),
    "## Values",
    table(["", "is written"], VALUES),
    "## Configuration",
    "The default is overridden by `queuectl config set`, that by the environment, that by a flag. If a job leaves " +
      "a value open, its worker decides at the claim: the environment of `worker start` counts, not that of `enqueue`. The " +
      "output of `enqueue` shows the values of its own environment.",
    table(
      ["key", "default", "environment", ""],
      SETTINGS_TABLE.map(([key, usual, variable, what]) => [code(key), code(usual), code(variable), what]),
    ),
    "## Environment",
    table(["variable", ""], coded(ENVIRONMENT)),
    "A job is run with",
    table(["variable", ""], coded(JOB_ENVIRONMENT)),
    "## Exit codes",
    table(["code", ""], EXIT_CODES),
    'With `--json` an error is one line on stdout: `{"error":{"code","message","hint"}}`.',
  ];
  return `${parts.join("\n\n")}\n`;
}

function contents(title: string, commands: readonly CommandReference[]): string {
  const links = commands.map(({ path }) => `[${path}](#queuectl-${path.replaceAll(" ", "-")})`);
  return `- ${title}: ${links.join(" · ")}`;
}

function section({ path, description, details, usages, options, examples }: CommandReference): string {
  const flags = options.map((option) => [code(flagText(option)), option.description]);
  const parts = [
    `### queuectl ${path}`,
    `${description}.`,
    fence(usages),
    ...(details === "" ? [] : [text(details)]),
    ...(flags.length === 0 ? [] : [table(["flag", ""], flags)]),
    fence(examples.flatMap(([what, how]) => [`# ${what}`, how])),
  ];
  return parts.join("\n\n");
}

function fence(lines: readonly string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => text(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(words: string): string {
  return `\`${words}\``;
}

/** Outside of code, what looks like HTML or emphasis is meant as it stands. */
function text(words: string): string {
  return words
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[<*]/g, "\\$&")))
    .join("");
}

function coded(rows: readonly (readonly [string, string])[]): string[][] {
  return rows.map(([name, what]) => [code(name), what]);
}
