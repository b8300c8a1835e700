/** Asks before an action that cannot be undone. The question goes to stderr, so that stdout stays data. */
import { createInterface } from "node:readline/promises";
import { isTerminal } from "../terminal/standard-streams.js";

export function canAsk(): boolean {
  return isTerminal(0) && isTerminal(2);
}

/** Any answer but yes is no, and so is the end of the input. */
export async function confirm(question: string): Promise<boolean> {
  // Without line editing the terminal keeps its mode, and ^C ends us as usual.
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([reader.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
