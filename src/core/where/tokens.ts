/** Cuts a `where` expression into words, quoted texts, operators and parentheses. Each token knows its column. */
import { UsageError } from "../errors.js";

export interface Token {
  /** A word is bare: a field, a value, or and, or, not. A text is quoted: always a value. */
  readonly kind: "word" | "text" | "operator" | "(" | ")" | "end";
  /** Without its quotes. */
  readonly text: string;
  /** In characters, from 1. */
  readonly column: number;
}

const SPACE = /\s+/y;
const OPERATOR = /[=!<>~]+/y;
const WORD = /[^\s()=!<>~'"]+/y;

/** The last token is the end. @throws UsageError if a quote is not closed */
export function tokenize(source: string, what: string): Token[] {
  const tokens: Token[] = [];
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  let at = 0;
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    const column = [...source.slice(0, at)].length + 1;
    const char = source[at];
    if (char === undefined) return [...tokens, { kind: "end", text: "", column }];
    if (char === "(" || char === ")") {
      tokens.push({ kind: char, text: char, column });
      at += 1;
    } else if (char === "'" || char === '"') {
      const { text, end } = readQuoted(source, at);
      if (end === null) throw whereError(what, column, `the quote ${char} is not closed`);
      tokens.push({ kind: "text", text, column });
      at = end;
    } else {
      const operator = match(OPERATOR);
      const text = operator ?? (match(WORD) as string);
      tokens.push({ kind: operator === undefined ? "word" : "operator", text, column });
      at += text.length;
    }
  }
}

/** A value as an expression names it. Plain words stay as they are. */
export function quoteValue(value: string): string {
  return /^[\w.:@/+-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** A backslash makes the next character an ordinary one. */
function readQuoted(source: string, begin: number): { text: string; end: number | null } {
  let text = "";
  for (let i = begin + 1; i < source.length; i++) {
    if (source[i] === source[begin]) return { text, end: i + 1 };
    if (source[i] === "\\" && i + 1 < source.length) i++;
    text += source[i];
  }
  return { text, end: null };
}

export function whereError(what: string, column: number, problem: string, hint?: string): UsageError {
  return new UsageError(`${what}, column ${column}: ${problem}`, hint);
}
