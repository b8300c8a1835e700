import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonScanner } from "../../src/cli/input/json-scanner.js";
import { findMistake, parseJson } from "../../src/cli/input/json-text.js";
import { LineIndex } from "../../src/cli/input/line-index.js";

function scan(chunks: readonly string[]): { values: unknown[]; lines: number[]; isList: boolean } {
  const scanner = new JsonScanner();
  const found = [...chunks.flatMap((chunk) => scanner.push(chunk)), ...scanner.end()];
  return {
    values: found.map(({ text }) => JSON.parse(text)),
    lines: found.map(({ line }) => line),
    isList: scanner.isList,
  };
}

/** Cuts a text at random places. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, i) => text.slice(at[i], end));
}

function accepts(chunks: readonly string[]): boolean {
  try {
    scan(chunks);
    return true;
  } catch {
    return false;
  }
}

const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 });
const places = fc.array(fc.nat(), { maxLength: 12 });
const indent = fc.constantFrom(0, 1, 2);

describe("JsonScanner", () => {
  it("finds every value of a list, however it is laid out and cut into chunks", () => {
    fc.assert(
      fc.property(objects, indent, places, (values, space, at) => {
        const found = scan(cut(JSON.stringify(values, null, space), at));
        expect(found).toMatchObject({ values: JSON.parse(JSON.stringify(values)), isList: true });
      }),
    );
  });

  it("finds every value of a sequence, with its line", () => {
    fc.assert(
      fc.property(objects, indent, places, (values, space, at) => {
        const texts = values.map((value) => JSON.stringify(value, null, space));
        const found = scan(cut(texts.join("\n"), at));
        expect(found).toMatchObject({ values: JSON.parse(JSON.stringify(values)), isList: false });
        let line = 1;
        for (const [i, text] of texts.entries()) {
          expect(found.lines[i]).toBe(line);
          line += text.split("\n").length;
        }
      }),
    );
  });

  it("takes a list with its commas, and no other", () => {
    const pieces = fc.array(fc.constantFrom("{}", '{"a":[1,2]}', "7", ",", "[", "]", "}", " ", "\n"), { maxLength: 9 });
    fc.assert(
      fc.property(pieces, places, (given, at) => {
        const text = `[${given.join("")}`;
        expect(accepts(cut(text, at)), text).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["[,]", "line 1: there is nothing before this comma"],
    ["[{},\n,{}]", "line 2: there is nothing before this comma"],
    ["[{},\n]", "line 2: there is nothing between the last comma and the end of the list"],
    ["[{}\n{}]", "line 2: a comma is missing between two jobs of the list"],
    ["{},{}", "line 1: a comma stands between two jobs that are in no list"],
    [",", "line 1: there is nothing before this comma"],
    ["{}\n]", "line 2: there is no [ for this ]"],
    ["}", "line 1: there is no { for this }"],
    ["[]]", "line 1: something follows the end of the list"],
  ])("refuses %j", (text, message) => {
    expect(() => scan([text])).toThrow(message);
  });

  it("bounds what one value may take", () => {
    const scanner = new JsonScanner();
    const endless = () => {
      scanner.push("{");
      for (let i = 0; i < 100; i++) scanner.push("1".repeat(1 << 20));
    };
    expect(endless).toThrow(/^line 1: .*longer than 4 MiB/);
  });
});

describe("parseJson", () => {
  it("finds a mistake in exactly the texts that are no JSON", () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'{}[]",:0-1.eE+ \\utrnfals\n') }),
    );
    fc.assert(
      fc.property(text, (json) => {
        const { index, expected } = findMistake(json);
        const isJson = index === json.length && expected === "nothing more";
        expect(isJson, JSON.stringify({ json, index, expected })).toBe(parses(json));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["", 1, "a value, found the end"],
    ["{", 2, "a key in double quotes, found the end"],
    ["{'a':1}", 2, "a key in double quotes"],
    ['{"a" 1}', 6, ":, found"],
    ['{"a":1 "b":2}', 8, ", or }"],
    ["[1 2]", 4, ", or ]"],
    ['{"a":01}', 6, "a value"],
    ['"a\\x"', 3, "a valid character"],
    ['"a', 3, 'a closing ", found the end'],
    ["{} {}", 4, "nothing more"],
  ])("says where and what in %j", (text, position, what) => {
    expect(() => parseJson(text)).toThrow(`at character ${position}, expected ${what}`);
  });
});

describe("LineIndex", () => {
  it("remembers the line of every value", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), (steps) => {
        const index = new LineIndex();
        let line = 1;
        const lines = steps.map((step) => {
          line += step;
          index.add(line);
          return line;
        });
        expect(lines.map((_, position) => index.lineOf(position))).toEqual(lines);
      }),
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
