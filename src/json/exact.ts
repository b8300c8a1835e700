/**
 * Foreign JSON inside our own. Parsing it and writing it again would lose what JavaScript cannot hold, such as the end
 * of a long number. In that case its text is written as it is.
 *
 * `JSON.stringify` cannot be told to do that. So while {@link jsonText} calls it, such a text becomes a string that
 * begins with a random word, new for each call, which no text can contain beforehand. Those strings are then replaced
 * by their texts.
 */
import { jsonVisible } from "../core/text/visible.js";
import { newJobId } from "../system/random-id.js";

/** Null: outside {@link jsonText}, where the parsed value suffices. */
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

/** The parsed value if it says the same as the text, which must be JSON. Otherwise an {@link ExactJson}. */
export function exactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const exact = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
  return JSON.stringify(value) === exact ? value : new ExactJson(exact);
}

/** As `JSON.stringify`, with the text of each {@link ExactJson} in it, and hidden characters escaped. */
export function jsonText(value: unknown, indent?: number): string {
  return jsonVisible(markedText(value, indent));
}

function markedText(value: unknown, indent: number | undefined): string {
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
