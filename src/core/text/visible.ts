/**
 * Makes foreign text safe to look at. Text of jobs and their users may steer a terminal, break a line, reverse the
 * order of what is read, or hide characters. Such characters are shown by their escapes: `\e`, `\x07`, `\u202e`.
 *
 * Every command uses this rule three times over. A value in a sentence or a table goes through {@link visible} or
 * {@link oneLine}, JSON through {@link jsonVisible}, and everything that is written through {@link visibleLines}.
 */

const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/** Control characters, halves of a surrogate pair, line separators, and all that is drawn as nothing. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{DI}\ufff9-\ufffb]/gu;
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[ -~\n\t]*$/;
const LINES = /(\r?\n|\t)/;
/** A colour is a code of ours; see `style.ts`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern is about a control character
const COLOURS_AND_LINES = /(\x1b\[\d{1,2}m|\r?\n|\t)/;

/** On one line, with every hidden character escaped. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : escaped(text, shownEscape);
}

/** Like {@link visible}, but line ends become spaces: for messages. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s*[\r\n]+\s*/g, " "));
}

/**
 * Like {@link visible}, but keeps line ends and tabs: for text of several lines.
 * @param colours whether to keep codes that set a colour or a style
 */
export function visibleLines(text: string, colours = false): string {
  if (PLAIN_LINES.test(text)) return text;
  const parts = text.split(colours ? COLOURS_AND_LINES : LINES);
  return parts.map((part, i) => (i % 2 === 1 ? part : escaped(part, shownEscape))).join("");
}

/** JSON that says the same, with every hidden character as `\u202e`. */
export function jsonVisible(json: string): string {
  if (PLAIN_LINES.test(json)) return json;
  return escaped(json, (char) => (char === "\n" ? char : char.split("").map(unitEscape).join("")));
}

function escaped(text: string, show: (char: string) => string): string {
  return text.replace(HIDDEN, (char, at: number) => (isMeant(char, text, at) ? char : show(char)));
}

/**
 * Whether it changes the look of its neighbours, as joiners do in Arabic, in Indic scripts and between emoji, and
 * variation selectors do to emoji and Chinese characters.
 */
function isMeant(char: string, text: string, at: number): boolean {
  const isJoiner = char === "\u200c" || char === "\u200d";
  if (!(isJoiner || /\p{Variation_Selector}/u.test(char))) return false;
  const before = text.slice(Math.max(0, at - 2), at);
  const after = text.slice(at + char.length, at + char.length + 2);
  if (isJoiner) return isJoined([...before].at(-1)) && isJoined([...after][0]);
  return /[\p{Extended_Pictographic}\p{sc=Han}]$/u.test(before) || (/[0-9#*]$/.test(before) && after[0] === "\u20e3");
}

/** Latin, Greek and Cyrillic letters are never joined. */
function isJoined(char: string | undefined): boolean {
  if (char === undefined || /[\p{ASCII}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}]/u.test(char)) return false;
  return /[\p{L}\p{M}\p{Extended_Pictographic}]/u.test(char);
}

function shownEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return NAMES[char] ?? `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 5)}}` : `\\u${hex(code, 4)}`;
}

function unitEscape(unit: string): string {
  return `\\u${hex(unit.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
