/** Text that other people wrote, made safe for a terminal and for a table. */

const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e" };

/** Control characters become visible, so that a command's text can neither break a line nor steer the terminal. */
export function visible(text: string): string {
  return text.replace(CONTROL, (char) => NAMES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** As {@link visible}, but line ends simply become spaces: for messages. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s*[\r\n]+\s*/g, " "));
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
