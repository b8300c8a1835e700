/**
 * Tells which commands need no shell of their own. The subshell of a launcher is a fork of `/bin/sh`. What another
 * `/bin/sh -c` would do with a plain list of words, the fork can do as well: it becomes the program that the first word
 * names, or runs the `true` that is its own. So the exec of a shell is saved. That takes longer than everything else that
 * a short command does.
 *
 * The same shell reads the same text. So quotes, the search in PATH, scripts without `#!`, complaints and exit codes are
 * the same. A command gets a shell of its own if a fork could differ from a new shell: if it has expansions, if it reads
 * or changes the state of a shell, or if it has variables that a shell sets when it starts. This holds for dash, and a
 * test compares the two. Other shells count their depth, remember the last word, or import functions.
 */
import { realpathSync } from "node:fs";
import { basename } from "node:path";

/** The shell of commands. */
export const SHELL = "/bin/sh";

/** The only function that a launcher has (request.ts). A shell finds a function before a program. */
export const FUNCTION = "queuectl_request";

/** What means nothing to dash, which does not expand braces. */
const LITERAL = String.raw`[^\x00-\x20\x7f$\x60"'\\&|;<>()*?[#~!]`;
const QUOTED = String.raw`'[^'\0]*'|"(?:[^"\\$\x60\0]|\\[^\n\0])*"|\\[^\n\0]`;
const PLAIN = new RegExp(String.raw`^[ \t]*([\w@%+:,./-]+)(?:[ \t]+(?:${LITERAL}|${QUOTED})+)*[ \t]*$`);

/** A far longer one is no argument that a shell can get, and the shell's failure would be missed. */
const MOST_CHARACTERS = 4096;

/** Reserved words, and builtins that read or change the state of a shell or leave a function. */
const OF_A_SHELL = new Set(
  (
    `${FUNCTION} ` +
    ". alias bg break case cd chdir command continue do done elif else esac eval exec export fc fg fi for getopts hash " +
    "histcmd if in jobs kill local pwd read readonly return set shift then times trap type ulimit umask unalias unset " +
    "until wait while"
  ).split(" "),
);

/** By these the loader and the C library do something in every program, also in a shell. A shell sets PPID. */
const SEEN_AT_START = /^(?:LD_|MALLOC_|GLIBC_TUNABLES$|PPID$)/;

/** A shell sets these, or behaves by them, from its start. A launcher has started, so its own count no more. */
const SEEN_BY_SHELLS = /^(?:PWD$|IFS$|OPTIND$|LC_|LANG)/;

/** Whether a launcher of this path and environment can do what `/bin/sh -c` does. */
export function canReplaceShell(path: string, env: Readonly<Record<string, string>>): boolean {
  if (path !== SHELL || Object.keys(env).some((name) => SEEN_AT_START.test(name))) return false;
  try {
    return basename(realpathSync(SHELL)) === "dash";
  } catch {
    return false;
  }
}

/** Whether a subshell of such a launcher can do what `/bin/sh -c` does with this command under these variables. */
export function isPlain(command: string, env: Readonly<Record<string, string>>): boolean {
  if (command.length > MOST_CHARACTERS) return false;
  const name = PLAIN.exec(command)?.[1];
  if (name === undefined || OF_A_SHELL.has(name)) return false;
  for (const variable in env) if (SEEN_BY_SHELLS.test(variable) || SEEN_AT_START.test(variable)) return false;
  return true;
}
