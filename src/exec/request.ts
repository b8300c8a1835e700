/**
 * Writes a request as shell text for a launcher: a call of a function that the launcher defines first, and a line that
 * reports its status. The body of the function is a subshell, hence one fork, that becomes the command.
 *
 * If a step before the redirections fails, the shell complains on the launcher's own channel. So status.ts can tell a
 * command that did not start from one that failed. The subshell also reports its pid, which the command keeps. A
 * pattern in /proc tells the pid without a fork, and without the byte-by-byte reads of `read`. In the end `kill 0` ends
 * the processes that the command left in the group; the launcher survives that by its traps.
 */
import { isShellName, shellVariable } from "../system/variable-names.js";
import type { ExecutionRequest } from "./execution.js";
import { FUNCTION, isPlain } from "./plain-command.js";
import { limitText, niceText } from "./resources.js";

/** What a command has of the process that a user started, besides the environment. */
export interface Inherited {
  /** The command's; its output files are created under the launcher's own, 077. */
  readonly umask: number;
  /** Soft limit of open files. Null: the launcher's. */
  readonly fileLimit: number | null;
  /** Path of the program that decodes the names of variables (system/variable-names.ts). Null: there is none. */
  readonly namer: string | null;
  /** Whether the launcher has encoded variables. */
  readonly encoded: boolean;
  /** Whether the launcher can run plain commands without another shell (plain-command.ts). */
  readonly replacesShell: boolean;
}

/**
 * The function, as the first line of a launcher's program. Its arguments are the directory, shell text that sets limits,
 * the two output files, shell text that sets variables, and the words of the command.
 */
export function requestFunction(nonce: string, { umask, fileLimit }: Inherited): string {
  const limit = fileLimit === null ? "" : `ulimit -Sn ${fileLimit}||exit;`;
  return `${FUNCTION}()(cd "$1"||exit;${limit}eval "$2";echo "@${nonce}" /proc/self/task/*;exec </dev/null >>"$3" 2>>"$4"||exit;umask ${umask.toString(8)};unset OLDPWD;eval "$5";shift 5;"$@")\n`;
}

export function requestText(request: ExecutionRequest, nonce: string, inherited: Inherited): string {
  const { cwd, env, stdoutPath, stderrPath, resources } = request;
  let { encoded } = inherited;
  let exports = "";
  for (const name in env) {
    exports += ` ${quote(shellVariable(name, env[name] ?? ""))}`;
    encoded ||= !isShellName(name);
  }
  const limits = resources ? limitText(resources) : "";
  const words = [cwd, limits, stdoutPath, stderrPath, exports && `export${exports}`].map(quote).join(" ");
  const command =
    inherited.replacesShell && !encoded && isPlainRequest(request)
      ? request.command
      : commandText(request, encoded ? inherited.namer : null);
  return `${FUNCTION} ${words} ${command}\necho "=${nonce} $?";kill -s TERM 0\n`;
}

/** Refuses a request that no shell can run, before a shell is asked. Null: the request is fine. */
export function validateRequest(request: ExecutionRequest, text: string, { namer }: Inherited): string | null {
  if (text.includes("\0")) return "the command, its environment or a path contains a NUL byte";
  if (typeof request.command !== "string" && request.command.length === 0) return "the command is an empty list";
  const name = namer === null ? Object.keys(request.env).find((one) => !isShellName(one)) : undefined;
  if (name !== undefined) return `no job can have the variable ${JSON.stringify(name)} on this system`;
  return null;
}

/** Limits and a nice value are for the command, and not for a shell that would be it. */
function isPlainRequest({ command, env, resources }: ExecutionRequest): boolean {
  return typeof command === "string" && resources === undefined && isPlain(command, env);
}

/** The words that the subshell runs at last. */
function commandText(request: ExecutionRequest, namer: string | null): string {
  const { command, resources } = request;
  const exec = `exec ${resources ? niceText(resources) : ""}${namer === null ? "" : `${quote(namer)} `}`;
  const helpers = helperPaths(request, namer);
  const words =
    typeof command === "string"
      ? shellWords(command)
      : `${needsEnv(request, namer) ? '"$2" -- ' : ""}${command.map(quote).join(" ")}`;
  return helpers === "" ? `${exec}${words}` : `eval ${quote(`${helpers}${exec}${words}`)}`;
}

/** A leading `-` or `+` would be read as an option of `sh`. */
function shellWords(command: string): string {
  return `/bin/sh -c ${/^[-+]/.test(command) ? "-- " : ""}${quote(command)}`;
}

/** Finds `nice` ($1) and `env` ($2) in the system's path, not in PATH. Costs a fork for each, so few requests ask. */
function helperPaths(request: ExecutionRequest, namer: string | null): string {
  if (needsEnv(request, namer)) return `set -- "$(command -pv nice)" "$(command -pv env)";`;
  return request.resources?.nice === undefined ? "" : `set -- "$(command -pv nice)";`;
}

/**
 * A leading `-` would be read as an option of `exec`, and not every `exec` knows `--`. The namer looks up no command in
 * PATH. `env` does, and passes every variable on.
 */
function needsEnv({ command }: ExecutionRequest, namer: string | null): boolean {
  return typeof command !== "string" && (namer !== null || command[0]?.startsWith("-") === true);
}

function quote(text: string): string {
  return `'${text.includes("'") ? text.replaceAll("'", "'\\''") : text}'`;
}
