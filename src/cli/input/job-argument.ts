/** The argument of `enqueue`: a job as JSON, a file of jobs after `@`, or a command. */
import { UsageError } from "../../core/errors.js";
import { quoteWord } from "../../core/text/quote-word.js";

export type JobArgument =
  | { readonly kind: "json"; readonly text: string }
  /** `-` is stdin. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "command"; readonly command: string };

/** How an error calls the source of a job. */
export const ARGUMENT_NAMES = { json: "a JSON argument", file: "a file after @", command: "a command" } as const;

/** @throws UsageError if the text is no command, but looks like a job in quotes, or like a file of jobs */
export function readJobArgument(text: string): JobArgument {
  if (/^\s*[{[]/.test(text)) return { kind: "json", text };
  if (text.trim() === "") throw new UsageError("the command is empty", "for example: queuectl enqueue 'echo hi'");
  if (text === "-") return { kind: "file", path: "-" };
  if (text.startsWith("@")) {
    if (text === "@")
      throw new UsageError("no file follows @", "give a file, or - for stdin: queuectl enqueue @job.json");
    return { kind: "file", path: text.slice(1) };
  }
  if (/^\s*(['"])\s*[{[]/.test(text)) {
    throw new UsageError(
      `the job begins with ${text.trim()[0]}, so the quotes are a part of it`,
      `quote it once: queuectl enqueue '{"command":"echo hi"}'`,
    );
  }
  if (/^\S+\.(json|jsonl|ndjson)$/i.test(text)) {
    throw new UsageError(
      `${JSON.stringify(text)} is the name of a file, not a command`,
      `queuectl enqueue ${quoteWord(`@${text}`)}`,
    );
  }
  return { kind: "command", command: text };
}
