/** The command of a job: its limits, and its text for a reader. */
import { UsageError } from "../errors.js";
import { quoteWord } from "../text/quote-word.js";
import type { CommandLine } from "./job.js";

/** Linux refuses a single argument over 128 KiB. The rest is room for what the launcher puts around the command. */
export const MAX_COMMAND_BYTES = 120 * 1024;

/** @param name what the user calls the command, for errors @throws UsageError */
export function checkCommand(command: CommandLine, name: string): CommandLine {
  const bytes = Buffer.byteLength(typeof command === "string" ? command : command.join("\0"));
  if (bytes > MAX_COMMAND_BYTES) {
    throw new UsageError(
      `${name} is ${Math.ceil(bytes / 1024)} KiB long; the longest allowed is ${MAX_COMMAND_BYTES / 1024} KiB`,
      "put it into a script file and enqueue that",
    );
  }
  const blank = typeof command === "string" ? command.trim() === "" : command[0] === "";
  if (blank) throw new UsageError(`${name} is empty`, `for example {"command":"echo hi"}`);
  return command;
}

/** The command as a user would type it. */
export function commandText(command: CommandLine): string {
  return typeof command === "string" ? command : command.map(quoteWord).join(" ");
}
