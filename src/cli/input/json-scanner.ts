/**
 * Cuts a stream of text into JSON values without reading all of it: a single value, several in a row or one a line, or
 * a list of them. It only finds where each value begins and ends, and checks the commas of the list. `JSON.parse`
 * checks the values themselves. Memory is bounded by one value.
 */
import { UsageError } from "../../core/errors.js";

/** No job is longer: its command and its environment are limited to 120 KiB each. */
const MAX_VALUE_LENGTH = 4 * 1024 * 1024;

export interface ScannedValue {
  readonly text: string;
  /** First line of the value, from 1. */
  readonly line: number;
}

/** Position between two values. All but the first two are inside a list. */
type Position = "start" | "sequence" | "opened" | "after value" | "after comma" | "closed";

export class JsonScanner {
  /** Whether the values are in a list. */
  isList = false;
  #line = 1;
  #position: Position = "start";
  /** Text of the open value from earlier chunks. Null: no value is open. */
  #open: string | null = null;
  #openLine = 1;
  /** Number of open brackets; 0 for a value without brackets, such as a number. */
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** @throws UsageError if the input cannot be a list of values; its message begins with `line N: ` */
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

  /** The end of the input. @throws UsageError if a value or the list is still open */
  end(): ScannedValue[] {
    const open = this.#open;
    if (open !== null && this.#depth > 0) throw this.#error(this.#openLine, "the JSON that begins here does not end");
    if (this.isList && this.#position !== "closed")
      throw this.#error(this.#line, "the list is not closed: a ] is missing");
    this.#open = null;
    return open === null ? [] : [{ text: open, line: this.#openLine }];
  }

  #keep(rest: string): void {
    this.#open += rest;
    if ((this.#open?.length ?? 0) <= MAX_VALUE_LENGTH) return;
    throw this.#error(this.#openLine, "the JSON that begins here is longer than 4 MiB; is a bracket not closed?");
  }

  /** Skips white space, commas and the list's own brackets, up to the next value. */
  #skip(chunk: string, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const char = chunk[i];
      if (char === "\n") this.#line++;
      else if (char === " " || char === "\t" || char === "\r") continue;
      else if (char === "[" && this.#position === "start") [this.isList, this.#position] = [true, "opened"];
      else if (char === "," && this.#position === "after value") this.#position = "after comma";
      else if (char === "]" && (this.#position === "after value" || this.#position === "opened"))
        this.#position = "closed";
      else {
        const mistake = mistakeAt(this.#position, char as string);
        if (mistake !== null) throw this.#error(this.#line, mistake);
        this.#position = this.isList ? "after value" : "sequence";
        return i;
      }
    }
    return chunk.length;
  }

  /** The index after the end of the open value. -1: this chunk does not hold the end. */
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

/** The mistake if a value begins with `char` at this position. Null: none. */
function mistakeAt(position: Position, char: string): string | null {
  if (position === "closed") return "something follows the end of the list";
  if (char === "," && position === "sequence") return "a comma stands between two jobs that are in no list";
  if (char === ",") return "there is nothing before this comma";
  if (char === "]" && position === "after comma")
    return "there is nothing between the last comma and the end of the list";
  if (char === "]" || char === "}") return `there is no ${char === "]" ? "[" : "{"} for this ${char}`;
  return position === "after value" ? "a comma is missing between two jobs of the list" : null;
}
