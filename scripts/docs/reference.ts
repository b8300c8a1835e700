/**
 * What the reference says, in whatever form: the commands as they declare themselves, the settings as they are configured, and
 * the few tables that no code has words for.
 */
import packageJson from "../../package.json" with { type: "json" };
import { usageLines } from "../../src/cli/parse/arguments.js";
import { groupOptions, type OptionSignature, signatureOf } from "../../src/cli/parse/signature.js";
import { loadCommand } from "../../src/cli/registry.js";
import { topics } from "../../src/cli/topics.js";
import { environmentName, formatSetting, SETTING_KEYS, SETTINGS } from "../../src/config/config.js";
import { EXIT } from "../../src/core/errors.js";

export const { version, description } = packageJson;

export interface CommandReference {
  readonly path: string;
  readonly description: string;
  readonly details: string;
  readonly usages: readonly string[];
  /** In the order in which help has them, without those that every command has. */
  readonly options: readonly OptionSignature[];
  readonly examples: readonly (readonly [what: string, how: string])[];
}

export interface TopicReference {
  readonly title: string;
  readonly commands: readonly CommandReference[];
}

const GLOBAL = ["--home", "--db", "--json"];
const isGlobal = ({ names }: OptionSignature) => names.some((name) => GLOBAL.includes(name));

export async function readTopics(): Promise<TopicReference[]> {
  return Promise.all(
    topics().map(async ({ title, paths }) => ({ title, commands: await Promise.all(paths.map(readCommand)) })),
  );
}

async function readCommand(path: string): Promise<CommandReference> {
  const commandClass = await loadCommand(path);
  const signature = signatureOf(commandClass);
  const { description = "", details = "", examples = [] } = commandClass.usage ?? {};
  const own = signature.options.filter((option) => !isGlobal(option));
  const options = groupOptions(own, signature.flagGroups).flatMap(([, members]) => members);
  return { path, description, details, usages: usageLines(signature), options, examples };
}

/** What every command takes. */
export async function readGlobalOptions(): Promise<OptionSignature[]> {
  return signatureOf(await loadCommand("status")).options.filter(isGlobal);
}

/** As typed: `-f, --file FILE`. */
export function flagText({ names, value }: OptionSignature): string {
  return `${names.join(", ")}${value === null ? "" : ` ${value}`}`;
}

const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "all went well",
  failure: "something failed",
  usage: "the call is wrong: an unknown flag, a bad value, bad JSON",
  notFound: "there is no such job, or nothing matched",
  notCompleted: "a job that was waited for did not complete",
  notRunning: "the supervisor is not running",
  conflict: "it does not fit the present state: the id exists, the job is in another state, a supervisor runs already",
  shortage: "worker start alone: the disk is full or fails, so no supervisor can start now",
  busy: "the database was locked for too long and nothing was written; or jobs were interrupted",
  unusable: "the configuration or the environment cannot be used",
  timedOut: "the time for waiting was over",
  interrupted: "interrupted by ^C",
  cutOff: "the reader of its output went away, such as head; there is no message",
};

export const EXIT_CODES = Object.entries(EXIT).map(
  ([name, code]) => [String(code), EXIT_MEANING[name as keyof typeof EXIT]] as const,
);

export const VALUES = [
  ["a duration", "seconds, or a number with a unit: 500ms, 90s, 5m, 1h30m, 1d"],
  ["a size", "bytes, or 64K, 10M, 2G"],
  ["a time", "RFC 3339, 2030-01-31T08:00:00Z, or local time, 2030-01-31 08:00"],
  ["a job", "its id, a prefix that fits only one job, or last for the newest"],
] as const;

export const SETTINGS_TABLE = SETTING_KEYS.map(
  (key) => [key, formatSetting(key, SETTINGS[key].default), environmentName(key), SETTINGS[key].description] as const,
);

export const ENVIRONMENT = [
  ["QUEUECTL_HOME", "the directory of the queue, in place of ~/.queuectl"],
  ["QUEUECTL_DB", "the database, if it is not in the home"],
  ["QUEUECTL_OUTPUT", "json: as if every command had --json"],
  ["QUEUECTL_DEBUG", "1: errors show a stack trace"],
  ["QUEUECTL_LOG_LEVEL", "what workers log: trace, debug, info (the default), warn, error, fatal or silent"],
  ["NO_COLOR", "set to anything: no colour"],
] as const;

/** Set for every job. */
export const JOB_ENVIRONMENT = [
  ["QUEUECTL_JOB_ID", "its id"],
  ["QUEUECTL_ATTEMPT", "which attempt this is, from 1"],
  ["QUEUECTL_FENCE", "the number of this attempt's lease, never used twice"],
  ["QUEUECTL_QUEUE", "its queue"],
  ["QUEUECTL_HOME", "the home of the queue that runs it"],
] as const;
