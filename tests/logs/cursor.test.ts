/** Following an output that is cut while it grows. */
import { expect, it } from "vitest";
import { truncationMarker } from "../../src/core/text/truncation-marker.js";
import { StreamCursor } from "../../src/logs/cursor.js";
import type { Source } from "../../src/logs/source.js";

const source = (text: string): Source => {
  const bytes = Buffer.from(text);
  return {
    size: bytes.length,
    inode: 1,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    close: () => {},
  };
};
const read = (cursor: StreamCursor, text: string) => Buffer.concat([...cursor.readOn(source(text))]).toString();

it("goes on where it was while the stream grows", () => {
  const cursor = new StreamCursor(0);
  expect(read(cursor, "one\n")).toBe("one\n");
  expect(read(cursor, "one\n")).toBe("");
  expect(read(cursor, "one\ntwo\n")).toBe("two\n");
});

// The command writes 0123456789…; the first cut leaves "01" and what is from 6 on, the second what is from 8 on.
const first = `01${truncationMarker(4, 10)}`;
const second = `01${truncationMarker(6, 10)}`;

it("finds its place again in what was kept, also when the stream has become longer than it was", () => {
  const cursor = new StreamCursor(0);
  expect(read(cursor, "01234567")).toBe("01234567");
  expect(read(cursor, `${first}6789`)).toBe("89");
  expect(read(cursor, `${first}6789ab`)).toBe("ab");
  expect(read(cursor, `${second}89abcd`)).toBe("cd");
});

it("shows the line that says what is missing when its place is gone", () => {
  const cursor = new StreamCursor(0);
  expect(read(cursor, "0123")).toBe("0123");
  expect(read(cursor, `${first}6789`)).toBe(`${truncationMarker(4, 10)}6789`);
  expect(read(cursor, `${first}6789ab`)).toBe("ab");
});

it("finds the line wherever it is", () => {
  const head = "x".repeat(64 * 1024 - 5);
  const cursor = new StreamCursor(0);
  read(cursor, `${head}yyyy`);
  const line = truncationMarker(100_000, 9);
  expect(read(cursor, `${head}${line}end`)).toBe(`${line}end`);
});

it("reads nothing twice when the stream is gone for a moment", () => {
  const cursor = new StreamCursor(0);
  expect(read(cursor, "one\n")).toBe("one\n");
  expect(read(cursor, "")).toBe("");
  expect(read(cursor, "one\ntwo\n")).toBe("two\n");
});
