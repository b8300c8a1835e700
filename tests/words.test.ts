/** Counts words that make sentences hard to read. A room that is not clean yet has a ceiling, which may only sink. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Vague actors and padding. A noun of the glossary (job, worker, supervisor, user, caller, process) says more. */
const BANNED = new RegExp(
  [
    String.raw`\b(?:who|what|which)(?:so)?ever\b`,
    String.raw`\b(?:some|no|any|every)(?:body|one)\b`,
    String.raw`\b(?:none that there is|that is none|those that|those who|of (?:its|their) own accord|for ever)\b`,
  ].join("|"),
  "gi",
);

/** Ceilings of the rooms that are not clean yet; they only sink. A room without one has no such word. */
const CEILINGS: Readonly<Record<string, number>> = {
  "src/queue": 11,
};

interface Found {
  readonly room: string;
  readonly line: string;
}

const files = ["src", "supervisor", "docs"].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|md|bash|zsh|fish)$/.test(name))
    .map((name) => join(top, name)),
);

/** Large rooms are counted by folder, docs by file. */
function roomOf(path: string): string {
  if (path.startsWith("docs/") || !path.includes("/")) return path;
  const depth = /^src\/(?:cli|store)\//.test(path) ? 3 : 2;
  return dirname(path).split("/").slice(0, depth).join("/");
}

function search(path: string): Found[] {
  // A phrase may run over the end of a line.
  const text = readFileSync(join(ROOT, path), "utf8").replace(/\n[ \t]*(?:\*|\/\/)?[ \t]*/g, " ");
  return [...text.matchAll(BANNED)].map(({ index }) => ({
    room: roomOf(path),
    line: `${path}: … ${text.slice(Math.max(0, index - 30), index + 40)} …`,
  }));
}

const found = [...files, "README.md"].flatMap(search);

describe("vague words", () => {
  it("are in no clean room", () => {
    expect(found.filter(({ room }) => !Object.hasOwn(CEILINGS, room)).map(({ line }) => line)).toEqual([]);
  });

  it.each(Object.entries(CEILINGS))("in %s are at most %i", (room, ceiling) => {
    expect(found.filter((word) => word.room === room).length).toBeLessThanOrEqual(ceiling);
  });
});
