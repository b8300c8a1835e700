/** Every command by its words. Each is loaded only when it is called. */

import type { Usage } from "clipanion/lib/advanced/Command.js";
import { UsageError } from "../core/errors.js";
import { quoteWord } from "../core/text/quote-word.js";
import { suggest } from "../core/text/suggest.js";
import { isProgram } from "../system/is-program.js";
import type { CliContext } from "./base/command.js";
import type { Command } from "./parse/clipanion.js";

/** `signature.ts` explains the static fields. */
export interface CommandClass {
  new (): Command<CliContext>;
  readonly paths?: string[][];
  readonly usage?: Usage;
  readonly takesCommand?: boolean;
  readonly argumentHint?: string;
  readonly flagGroups?: Readonly<Record<string, readonly string[]>>;
}

/** In the order of help. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandClass>>> = {
  enqueue: async () => (await import("./commands/enqueue.js")).EnqueueCommand,
  run: async () => (await import("./commands/run.js")).RunCommand,
  "worker start": async () => (await import("./commands/worker/start.js")).WorkerStartCommand,
  "worker stop": async () => (await import("./commands/worker/stop.js")).WorkerStopCommand,
  "worker list": async () => (await import("./commands/worker/list.js")).WorkerListCommand,
  "worker scale": async () => (await import("./commands/worker/scale.js")).WorkerScaleCommand,
  "worker restart": async () => (await import("./commands/worker/restart.js")).WorkerRestartCommand,
  "worker logs": async () => (await import("./commands/worker/logs.js")).WorkerLogsCommand,
  status: async () => (await import("./commands/status.js")).StatusCommand,
  top: async () => (await import("./commands/top.js")).TopCommand,
  list: async () => (await import("./commands/list.js")).ListCommand,
  show: async () => (await import("./commands/show.js")).ShowCommand,
  logs: async () => (await import("./commands/logs.js")).LogsCommand,
  wait: async () => (await import("./commands/wait.js")).WaitCommand,
  explain: async () => (await import("./commands/explain.js")).ExplainCommand,
  cancel: async () => (await import("./commands/cancel.js")).CancelCommand,
  retry: async () => (await import("./commands/retry.js")).RetryCommand,
  edit: async () => (await import("./commands/edit.js")).EditCommand,
  "jobs delete": async () => (await import("./commands/jobs/delete.js")).JobsDeleteCommand,
  progress: async () => (await import("./commands/progress.js")).ProgressCommand,
  prune: async () => (await import("./commands/prune.js")).PruneCommand,
  "queue list": async () => (await import("./commands/queue/list.js")).QueueListCommand,
  "queue pause": async () => (await import("./commands/queue/pause.js")).QueuePauseCommand,
  "queue resume": async () => (await import("./commands/queue/resume.js")).QueueResumeCommand,
  "dlq list": async () => (await import("./commands/dlq/list.js")).DlqListCommand,
  "dlq retry": async () => (await import("./commands/dlq/retry.js")).DlqRetryCommand,
  "dlq purge": async () => (await import("./commands/dlq/purge.js")).DlqPurgeCommand,
  doctor: async () => (await import("./commands/doctor.js")).DoctorCommand,
  "queue rm": async () => (await import("./commands/queue/rm.js")).QueueRmCommand,
  "queue set": async () => (await import("./commands/queue/set.js")).QueueSetCommand,
  "queue show": async () => (await import("./commands/queue/show.js")).QueueShowCommand,
  "webhook test": async () => (await import("./commands/webhook/test.js")).WebhookTestCommand,
  "webhook deliver": async () => (await import("./commands/webhook/deliver.js")).WebhookDeliverCommand,
  "policy set": async () => (await import("./commands/policy/set.js")).PolicySetCommand,
  "policy list": async () => (await import("./commands/policy/list.js")).PolicyListCommand,
  "policy show": async () => (await import("./commands/policy/show.js")).PolicyShowCommand,
  "policy remove": async () => (await import("./commands/policy/remove.js")).PolicyRemoveCommand,
  "config list": async () => (await import("./commands/config/list.js")).ConfigListCommand,
  "config get": async () => (await import("./commands/config/get.js")).ConfigGetCommand,
  "config set": async () => (await import("./commands/config/set.js")).ConfigSetCommand,
  "config unset": async () => (await import("./commands/config/unset.js")).ConfigUnsetCommand,
  "db migrate": async () => (await import("./commands/db/migrate.js")).DbMigrateCommand,
  "db status": async () => (await import("./commands/db/status.js")).DbStatusCommand,
  completion: async () => (await import("./commands/completion.js")).CompletionCommand,
  "schedule add": async () => (await import("./commands/schedule/add.js")).ScheduleAddCommand,
  "schedule edit": async () => (await import("./commands/schedule/edit.js")).ScheduleEditCommand,
  "schedule list": async () => (await import("./commands/schedule/list.js")).ScheduleListCommand,
  "schedule show": async () => (await import("./commands/schedule/show.js")).ScheduleShowCommand,
  "schedule next": async () => (await import("./commands/schedule/next.js")).ScheduleNextCommand,
  "schedule pause": async () => (await import("./commands/schedule/pause.js")).SchedulePauseCommand,
  "schedule resume": async () => (await import("./commands/schedule/resume.js")).ScheduleResumeCommand,
  "schedule run": async () => (await import("./commands/schedule/run.js")).ScheduleRunCommand,
  "schedule remove": async () => (await import("./commands/schedule/remove.js")).ScheduleRemoveCommand,
};

export const COMMAND_PATHS: readonly string[] = Object.keys(COMMANDS);

/** The first words of two-word commands: `worker`, `config`, … */
export const GROUPS: readonly string[] = [
  ...new Set(COMMAND_PATHS.filter((path) => path.includes(" ")).map((path) => path.split(" ")[0] as string)),
];

/** Of every command. */
export const FIRST_WORDS: readonly string[] = [...new Set(COMMAND_PATHS.map((path) => path.split(" ")[0] as string))];

export async function loadCommand(path: string): Promise<CommandClass> {
  const load = Object.hasOwn(COMMANDS, path) ? COMMANDS[path] : undefined;
  if (!load) throw unknownCommand(path);
  return load();
}

/**
 * Of a group's command, only the second word may be misspelt: all commands of a group look alike by their first.
 * @param line the whole line, if a program may have been meant
 */
export function unknownCommand(words: string, line: readonly string[] = []): UsageError {
  const [group = ""] = words.split(" ");
  const known = GROUPS.includes(group) && words !== group ? membersOf(group) : [...FIRST_WORDS, "help"];
  const meant = suggest(words.slice(words.lastIndexOf(" ") + 1), known.map(lastWord));
  const path = known.find((path) => lastWord(path) === meant);
  return new UsageError(
    `there is no command ${JSON.stringify(words)}`,
    path === undefined ? elsewhere(group, line) : `did you mean: queuectl ${path}`,
  );
}

function elsewhere(group: string, line: readonly string[]): string {
  if (GROUPS.includes(group)) return membersText(group);
  const help = "queuectl --help lists the commands";
  if (!isProgram(line[0] ?? "")) return help;
  return `${help}; to run it as a job: queuectl enqueue -- ${line.map(quoteWord).join(" ")}`;
}

function lastWord(path: string): string {
  return path.slice(path.lastIndexOf(" ") + 1);
}

export function groupNeedsCommand(group: string): UsageError {
  return new UsageError(`queuectl ${group} needs a command`, membersText(group));
}

function membersText(group: string): string {
  return `one of: queuectl ${group} ${membersOf(group).map(lastWord).join(", ")}`;
}

function membersOf(group: string): string[] {
  return COMMAND_PATHS.filter((path) => path.startsWith(`${group} `));
}
