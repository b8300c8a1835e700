/** The reference as a manual page, for man/queuectl.1. */
import {
  type CommandReference,
  description,
  ENVIRONMENT,
  EXIT_CODES,
  flagText,
  JOB_ENVIRONMENT,
  readGlobalOptions,
  readTopics,
  SETTINGS_TABLE,
  VALUES,
  version,
} from "./reference.js";

export async function manual(): Promise<string> {
  const globals = (await readGlobalOptions()).map((option) => item(bold(flagText(option)), option.description));
  const topics = await readTopics();
  const lines = [
    '.\\" Made by npm run docs from the commands themselves: change those.',
    `.TH QUEUECTL 1 "" "queuectl ${version}" "User Commands"`,
    ".SH NAME",
    "queuectl \\- a durable job queue for shell commands",
    ".SH SYNOPSIS",
    `${bold("queuectl")} \\fICOMMAND\\fR [\\fIflags\\fR] [\\fIarguments\\fR]`,
    ".SH DESCRIPTION",
    `${roff(description)}.`,
    ".PP",
    `${bold("queuectl help")} \\fICOMMAND\\fR prints the part about one of them. Bare ${bold("queuectl")} is ${bold("queuectl status")}.`,
    ".SH FOR EVERY COMMAND",
    ...globals,
    item(bold("-h, --help"), "usage, flags and examples"),
    ...topics.flatMap(({ title, commands }) => [`.SH ${roff(title.toUpperCase())}`, ...commands.map(section)]),
    ".SH VALUES",
    ...VALUES.map(([what, how]) => item(roff(what), how)),
    ".SH CONFIGURATION",
    "The default is overridden by",
    `${bold("queuectl config set")},`,
    "that by the environment, that by a flag.",
    ...SETTINGS_TABLE.map(([key, usual, variable, what]) =>
      item(bold(key), `${what}. Default: ${usual}. Environment: ${variable}.`),
    ),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.map(([name, what]) => item(bold(name), what)),
    ".PP",
    "A job is run with",
    ...JOB_ENVIRONMENT.map(([name, what]) => item(bold(name), what)),
    ".SH EXIT STATUS",
    ...EXIT_CODES.map(([code, what]) => item(bold(code), what)),
    ".SH FILES",
    item("\\fI\\(ti/.queuectl\\fR", "the queue: its database, logs and output"),
  ];
  return `${lines.join("\n")}\n`;
}

function section({ path, description, details, usages, options, examples }: CommandReference): string {
  const lines = [
    `.SS queuectl ${roff(path)}`,
    `${sentence(description)}.`,
    ...literal(usages),
    ...(details === "" ? [] : [".PP", sentence(details)]),
    ...options.map((option) => item(bold(flagText(option)), option.description)),
    ".PP",
    "For example:",
    ...literal(examples.flatMap(([what, how]) => [`# ${what}`, how])),
  ];
  return lines.join("\n");
}

/** @param tag formatted already */
function item(tag: string, text: string): string {
  return [".TP", tag, sentence(text)].join("\n");
}

function literal(lines: readonly string[]): string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map(sentence), ".fi", ".RE"];
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

/** At the beginning of a line a dot or an apostrophe would be a request. */
function sentence(text: string): string {
  return roff(text).replace(/^(?=[.'])/, "\\&");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

function roff(text: string): string {
  return text.replace(/[\\\-'`^~]/g, (char) => ESCAPES[char] ?? char);
}
