/**
 * Takes the last line of a command's stderr, which mostly says why it failed. Control characters stay in it: the
 * printer makes them visible.
 */

const MOST_CHARACTERS = 200;

/** Carriage returns end lines too: a progress bar is many lines. */
const LINE_ENDS = /[\r\n]+/;

/** Colours and the like. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[(-/][0-~]|[0-Z^-~])/g;

/** Null: nothing was written but white space. */
export function lastLine(stderr: Buffer): string | null {
  const text = stderr.toString().replace(ESCAPE_SEQUENCES, "");
  const line = text.split(LINE_ENDS).findLast((part) => part.trim() !== "");
  return line === undefined ? null : cut(line.trim());
}

/** By characters, so that none is cut in two. */
function cut(line: string): string {
  if (line.length <= MOST_CHARACTERS) return line;
  const characters = Array.from(line);
  return characters.length <= MOST_CHARACTERS ? line : `${characters.slice(0, MOST_CHARACTERS - 1).join("")}…`;
}
