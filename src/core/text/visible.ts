/** Makes foreign text safe for a terminal and for a table. */

const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/** Makes control characters visible, so that a command's text can neither break a line nor steer the terminal. */
export function visible(text: string): string {
  return text.replace(CONTROL, (char) => NAMES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern is about control characters
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Like {@link visible}, but line ends become spaces: for messages. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s*[\r\n]+\s*/g, " "));
}
