/**
 * `JSON.parse` with an error that says where. V8 gives a position for some mistakes only, and differently in each
 * version.
 */
import { UsageError } from "../../core/errors.js";

/** @throws UsageError naming the position and what was expected there */
export function parseJson(text: string, hint?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { index, expected } = findMistake(text);
    const found = index >= text.length ? "the end" : JSON.stringify(text.slice(index, index + 20));
    throw new UsageError(`this is not JSON: at character ${index + 1}, expected ${expected}, found ${found}`, hint);
  }
}

class Mistake extends Error {
  readonly index: number;
  readonly expected: string;
  constructor(index: number, expected: string) {
    super();
    this.index = index;
    this.expected = expected;
  }
}

/** Finds the first mistake in a text that is not JSON. */
export function findMistake(text: string): { readonly index: number; readonly expected: string } {
  try {
    const end = skipSpace(text, readValue(text, skipSpace(text, 0)));
    return { index: end, expected: "nothing more" };
  } catch (error) {
    return error instanceof Mistake ? error : { index: 0, expected: "a simpler value" };
  }
}

/** Each reader returns the index after the part that it read. */
function readValue(text: string, at: number): number {
  if (text[at] === "{") return readMembers(text, at, "}", readMember);
  if (text[at] === "[") return readMembers(text, at, "]", readValue);
  if (text[at] === '"') return readString(text, at);
  return readToken(text, at, /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y, "a value");
}

function readMembers(text: string, open: number, close: string, read: typeof readValue): number {
  let at = skipSpace(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skipSpace(text, read(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ",") throw new Mistake(at, `, or ${close}`);
    at = skipSpace(text, at + 1);
  }
}

function readMember(text: string, at: number): number {
  if (text[at] !== '"') throw new Mistake(at, "a key in double quotes");
  const colon = skipSpace(text, readString(text, at));
  if (text[colon] !== ":") throw new Mistake(colon, ":");
  return readValue(text, skipSpace(text, colon + 1));
}

function readString(text: string, at: number): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in a text
  const inside = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
  const end = readToken(text, at + 1, inside, "");
  if (text[end] === '"') return end + 1;
  throw new Mistake(end, end >= text.length ? 'a closing "' : "a valid character (a backslash is written \\\\)");
}

function readToken(text: string, at: number, pattern: RegExp, expected: string): number {
  pattern.lastIndex = at;
  if (!pattern.test(text)) throw new Mistake(at, expected);
  return pattern.lastIndex;
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (end < text.length && " \t\r\n".includes(text[end] as string)) end++;
  return end;
}
