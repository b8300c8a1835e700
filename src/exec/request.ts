/**
 * Writes a request as the shell text that a launcher runs: a subshell, hence one fork, that becomes the command, and a
 * line that reports its status.
 *
 * Whatever fails before the redirections is complained about on the launcher's own channel: that is how status.ts tells
 * a command that did not start from one that failed. The subshell also reports its pid, which the command keeps: a
 * pattern in /proc tells it without a fork, and without reading a file byte by byte as `read` does. Then `kill 0` ends what the command left in the group; the
 * launcher survives that, by its traps.
 */
import type { ExecutionRequest } from "./execution.js";
import { limitText, niceText } from "./resources.js";

/** `umask` is the one that the command runs with; its output files are created under the launcher's own, 077. */
export function requestText(request: ExecutionRequest, nonce: string, umask: number): string {
  const { cwd, env, stdoutPath, stderrPath } = request;
  let exports = "";
  for (const name in env) exports += ` ${quote(`${name}=${env[name]}`)}`;
  return (
    `(cd ${quote(cwd)}||exit;${request.resources ? limitText(request.resources) : ""}set -- /proc/self/task/*;echo "@${nonce} $\{1##*/}";exec </dev/null >>${quote(stdoutPath)} 2>>${quote(stderrPath)}||exit;` +
    `umask ${umask.toString(8)};unset OLDPWD;${exports && `export${exports};`}${commandText(request)})\n` +
    `echo "=${nonce} $?";kill -s TERM 0\n`
  );
}

/** What no shell can be asked to do, said before one is asked. Null if all is well. */
export function validateRequest(request: ExecutionRequest, text: string): string | null {
  if (text.includes("\0")) return "the command, its environment or a path contains a NUL byte";
  if (typeof request.command !== "string" && request.command.length === 0) return "the command is an empty list";
  return null;
}

/** A leading `-` or `+` would be read as an option, of `sh` or of `exec`; and not every `exec` knows `--`. */
function commandText({ command, resources }: ExecutionRequest): string {
  const exec = resources ? `exec ${niceText(resources)}` : "exec ";
  if (typeof command === "string") return `${exec}/bin/sh -c ${/^[-+]/.test(command) ? "-- " : ""}${quote(command)}`;
  return `${exec}${command[0]?.startsWith("-") ? "env -- " : ""}${command.map(quote).join(" ")}`;
}

function quote(text: string): string {
  return `'${text.includes("'") ? text.replaceAll("'", "'\\''") : text}'`;
}
