/**
 * JSON that somebody else wrote, inside JSON that we write. Parsed and written again it would lose what JavaScript has no room
 * for, such as the end of a long number; so where it would, its text goes in as it is.
 *
 * `JSON.stringify` cannot be told to do that. While {@link jsonText} calls it, such a text becomes a string that begins with a
 * word made for this one call, which nobody can have written before; and those strings are then replaced by their texts.
 */
import { newJobId } from "../system/random-id.js";

/** Null: whoever writes it is content with the value. */
let mark: string | null = null;

export class ExactJson {
  /** Without white space. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return mark === null ? JSON.parse(this.text) : mark + this.text;
  }
}

/** The value, if that says the same as the text, which must be JSON; an {@link ExactJson} if not. */
export function exactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const exact = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
  return JSON.stringify(value) === exact ? value : new ExactJson(exact);
}

/** As `JSON.stringify`, with the text of each {@link ExactJson} in it. */
export function jsonText(value: unknown, indent?: number): string {
  const marked = newJobId();
  mark = marked;
  try {
    const text = JSON.stringify(value, null, indent);
    if (!text.includes(marked)) return text;
    const strings = new RegExp(`"${marked}((?:[^"\\\\]|\\\\.)*)"`, "g");
    return text.replace(strings, (_, escaped: string) => JSON.parse(`"${escaped}"`));
  } finally {
    mark = null;
  }
}
