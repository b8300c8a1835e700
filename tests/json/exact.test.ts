import fc from "fast-check";
import { expect, it } from "vitest";
import { exactJson, jsonText } from "../../src/json/exact.js";

it.each([
  ['{"id":9007199254740993,"x":1e400}', '{"id":9007199254740993,"x":1e400}'],
  ['{ "a" : [ 1.0,\n"x \\" y \\\\", 0.1000000000000000055 ] }', '{"a":[1.0,"x \\" y \\\\",0.1000000000000000055]}'],
  ["12345678901234567890", "12345678901234567890"],
  ['{"a":1,"a":2}', '{"a":1,"a":2}'],
])("%s is written as it is, on one line", (text, written) => {
  expect(jsonText({ before: "$1", result: exactJson(text), after: [exactJson(text)] })).toBe(
    `{"before":"$1","result":${written},"after":[${written}]}`,
  );
});

it("what a value can say is a value, and indented like the rest", () => {
  expect(exactJson('{ "rows": [1, 2.5, "x"] }')).toEqual({ rows: [1, 2.5, "x"] });
  expect(jsonText({ a: exactJson('{"b":1}') }, 2)).toBe(JSON.stringify({ a: { b: 1 } }, null, 2));
});

it("any JSON means the same afterwards", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
      expect(JSON.parse(jsonText([exactJson(text)], indent))).toEqual([JSON.parse(text)]);
    }),
  );
});

it("whoever writes it in another way gets the value", () => {
  expect(JSON.stringify([exactJson("1e2")])).toBe("[100]");
});
