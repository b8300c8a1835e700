/**
 * Writes a request as shell text for a launcher: a subshell, hence one fork, that becomes the command, and a line that
 * reports its status.
 *
 * If a step before the redirections fails, the shell complains on the launcher's own channel. So status.ts can tell a
 * command that did not start from one that failed. The subshell also reports its pid, which the command keeps. A
 * pattern in /proc tells the pid without a fork, and without the byte-by-byte reads of `read`. In the end `kill 0` ends
 * the processes that the command left in the group; the launcher survives that by its traps.
 */
import { isShellName, shellVariable } from "../system/variable-names.js";
import type { ExecutionRequest } from "./execution.js";
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
}

export function requestText(request: ExecutionRequest, nonce: string, inherited: Inherited): string {
  const { cwd, env, stdoutPath, stderrPath } = request;
  const { umask, fileLimit, namer } = inherited;
  let { encoded } = inherited;
  let exports = "";
  for (const name in env) {
    exports += ` ${quote(shellVariable(name, env[name] ?? ""))}`;
    encoded ||= !isShellName(name);
  }
  const used = encoded ? namer : null;
  return (
    `(cd ${quote(cwd)}||exit;${fileLimit === null ? "" : `ulimit -Sn ${fileLimit}||exit;`}${request.resources ? limitText(request.resources) : ""}set -- /proc/self/task/*;echo "@${nonce} $\{1##*/}";exec </dev/null >>${quote(stdoutPath)} 2>>${quote(stderrPath)}||exit;` +
    `umask ${umask.toString(8)};unset OLDPWD;${helperPaths(request, used)}${exports && `export${exports};`}${commandText(request, used)})\n` +
    `echo "=${nonce} $?";kill -s TERM 0\n`
  );
}

/** Refuses a request that no shell can run, before a shell is asked. Null: the request is fine. */
export function validateRequest(request: ExecutionRequest, text: string, { namer }: Inherited): string | null {
  if (text.includes("\0")) return "the command, its environment or a path contains a NUL byte";
  if (typeof request.command !== "string" && request.command.length === 0) return "the command is an empty list";
  const name = namer === null ? Object.keys(request.env).find((one) => !isShellName(one)) : undefined;
  if (name !== undefined) return `no job can have the variable ${JSON.stringify(name)} on this system`;
  return null;
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

function commandText(request: ExecutionRequest, namer: string | null): string {
  const { command, resources } = request;
  const exec = `exec ${resources ? niceText(resources) : ""}${namer === null ? "" : `${quote(namer)} `}`;
  // A leading `-` or `+` would be read as an option of `sh`.
  if (typeof command === "string") return `${exec}/bin/sh -c ${/^[-+]/.test(command) ? "-- " : ""}${quote(command)}`;
  return `${exec}${needsEnv(request, namer) ? '"$2" -- ' : ""}${command.map(quote).join(" ")}`;
}

function quote(text: string): string {
  return `'${text.includes("'") ? text.replaceAll("'", "'\\''") : text}'`;
}
