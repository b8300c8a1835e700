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
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: () => {},
  };
};
const read = async (cursor: StreamCursor, text: string) => {
  const parts: Buffer[] = [];
  for await (const part of cursor.readOn(source(text))) parts.push(part);
  return Buffer.concat(parts).toString();
};

it("goes on where it was while the stream grows", async () => {
  const cursor = new StreamCursor(0);
  expect(await read(cursor, "one\n")).toBe("one\n");
  expect(await read(cursor, "one\n")).toBe("");
  expect(await read(cursor, "one\ntwo\n")).toBe("two\n");
});

// The command writes 0123456789…; the first cut leaves "01" and what is from 6 on, the second what is from 8 on.
const first = `01${truncationMarker(4, 10)}`;
const second = `01${truncationMarker(6, 10)}`;

it("finds its place again in what was kept, also when the stream has become longer than it was", async () => {
  const cursor = new StreamCursor(0);
  expect(await read(cursor, "01234567")).toBe("01234567");
  expect(await read(cursor, `${first}6789`)).toBe("89");
  expect(await read(cursor, `${first}6789ab`)).toBe("ab");
  expect(await read(cursor, `${second}89abcd`)).toBe("cd");
});

it("shows the line that says what is missing when its place is gone", async () => {
  const cursor = new StreamCursor(0);
  expect(await read(cursor, "0123")).toBe("0123");
  expect(await read(cursor, `${first}6789`)).toBe(`${truncationMarker(4, 10)}6789`);
  expect(await read(cursor, `${first}6789ab`)).toBe("ab");
});

it("finds the line wherever it is", async () => {
  const head = "x".repeat(64 * 1024 - 5);
  const cursor = new StreamCursor(0);
  await read(cursor, `${head}yyyy`);
  const line = truncationMarker(100_000, 9);
  expect(await read(cursor, `${head}${line}end`)).toBe(`${line}end`);
});

it("reads nothing twice when the stream is gone for a moment", async () => {
  const cursor = new StreamCursor(0);
  expect(await read(cursor, "one\n")).toBe("one\n");
  expect(await read(cursor, "")).toBe("");
  expect(await read(cursor, "one\ntwo\n")).toBe("two\n");
});
