/** The command of a job: what can be run at all, and how it is written for a person. */
import { UsageError } from "../errors.js";
import type { CommandLine } from "./job.js";

/** Linux refuses a single argument over 128 KiB; the rest is room for what we put around the command. */
export const MAX_COMMAND_BYTES = 120 * 1024;

/** @param name how the user calls it @throws UsageError */
export function checkCommand(command: CommandLine, name: string): CommandLine {
  const bytes = Buffer.byteLength(typeof command === "string" ? command : command.join("\0"));
  if (bytes > MAX_COMMAND_BYTES) {
    throw new UsageError(
      `${name} is ${Math.ceil(bytes / 1024)} KiB long; the longest that can be run is ${MAX_COMMAND_BYTES / 1024} KiB`,
      "put it into a script file and enqueue that",
    );
  }
  const blank = typeof command === "string" ? command.trim() === "" : command[0] === "";
  if (blank) throw new UsageError(`${name} is empty`, `for example {"command":"echo hi"}`);
  return command;
}

/** The command as one would type it. */
export function commandText(command: CommandLine): string {
  return typeof command === "string" ? command : command.map(quoteWord).join(" ");
}

/** Safe in any POSIX shell; plain words stay as they are. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
