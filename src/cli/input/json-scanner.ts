/**
 * Cuts a stream of text into JSON values without reading it all: one value, several one after another or one a line, or a
 * list of them. It only finds where each value begins and ends, and that a list has its commas where they belong; what stands
 * inside is `JSON.parse`'s business. Memory is bounded by one value.
 */
import { UsageError } from "../../core/errors.js";

/** No job is longer: its command and its environment are limited to 120 KiB each. */
const MAX_VALUE_LENGTH = 4 * 1024 * 1024;

export interface ScannedValue {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Where we are between two values. Of those but the first two, what is in a list. */
type Place = "start" | "sequence" | "opened" | "after value" | "after comma" | "closed";

export class JsonScanner {
  /** Whether the values stand in a list. */
  isList = false;
  #line = 1;
  #place: Place = "start";
  /** What earlier chunks held of the value that is open; null: none is open. */
  #open: string | null = null;
  #openLine = 1;
  /** Brackets not yet closed; 0 for a value that has none, such as a number. */
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** @throws UsageError what is here can be no list of values; its message begins with `line N: ` */
  push(chunk: string): ScannedValue[] {
    const values: ScannedValue[] = [];
    let begin = 0;
    let i = 0;
    while (i < chunk.length) {
      if (this.#open === null) {
        i = this.#skip(chunk, i);
        if (i === chunk.length) break;
        begin = i;
        this.#open = "";
        this.#openLine = this.#line;
      }
      const end = this.#findEnd(chunk, i);
      if (end === -1) break;
      values.push({ text: this.#open + chunk.slice(begin, end), line: this.#openLine });
      this.#open = null;
      begin = end;
      i = end;
    }
    if (this.#open !== null) this.#keep(chunk.slice(begin));
    return values;
  }

  /** The end of the input. @throws UsageError something is still open */
  end(): ScannedValue[] {
    const open = this.#open;
    if (open !== null && this.#depth > 0) throw this.#error(this.#openLine, "the JSON that begins here does not end");
    if (this.isList && this.#place !== "closed")
      throw this.#error(this.#line, "the list is not closed: a ] is missing");
    this.#open = null;
    return open === null ? [] : [{ text: open, line: this.#openLine }];
  }

  #keep(rest: string): void {
    this.#open += rest;
    if ((this.#open?.length ?? 0) <= MAX_VALUE_LENGTH) return;
    throw this.#error(this.#openLine, "the JSON that begins here is longer than 4 MiB; is a bracket not closed?");
  }

  /** Over white space, commas and the list's own brackets, to where a value begins. */
  #skip(chunk: string, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const char = chunk[i];
      if (char === "\n") this.#line++;
      else if (char === " " || char === "\t" || char === "\r") continue;
      else if (char === "[" && this.#place === "start") [this.isList, this.#place] = [true, "opened"];
      else if (char === "," && this.#place === "after value") this.#place = "after comma";
      else if (char === "]" && (this.#place === "after value" || this.#place === "opened")) this.#place = "closed";
      else {
        const mistake = mistakeAt(this.#place, char as string);
        if (mistake !== null) throw this.#error(this.#line, mistake);
        this.#place = this.isList ? "after value" : "sequence";
        return i;
      }
    }
    return chunk.length;
  }

  /** The index after the end of the open value, or -1 if this chunk does not hold it. */
  #findEnd(chunk: string, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const char = chunk[i];
      if (this.#inString) {
        if (char === "\n") throw this.#error(this.#line, 'a text is not closed: a " is missing');
        if (this.#escaped) this.#escaped = false;
        else if (char === "\\") this.#escaped = true;
        else if (char === '"') this.#inString = false;
      } else if (this.#depth === 0 && char !== "{" && char !== "[") {
        if (char === "," || char === "]" || char === " " || char === "\n" || char === "\r" || char === "\t") return i;
      } else if (char === '"') this.#inString = true;
      else if (char === "\n") this.#line++;
      else if (char === "{" || char === "[") this.#depth++;
      else if ((char === "}" || char === "]") && --this.#depth === 0) return i + 1;
    }
    return -1;
  }

  #error(line: number, message: string): UsageError {
    return new UsageError(`line ${line}: ${message}`);
  }
}

/** What is wrong with a value that begins so in this place. */
function mistakeAt(place: Place, char: string): string | null {
  if (place === "closed") return "something follows the end of the list";
  if (char === "," && place === "sequence") return "a comma stands between two jobs that are in no list";
  if (char === ",") return "there is nothing before this comma";
  if (char === "]" && place === "after comma") return "there is nothing between the last comma and the end of the list";
  if (char === "]" || char === "}") return `there is no ${char === "]" ? "[" : "{"} for this ${char}`;
  return place === "after value" ? "a comma is missing between two jobs of the list" : null;
}
