/** No sentence in code or documents uses a vague actor. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

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

/** The end of a line in a comment or a paragraph. A phrase may run over it. */
const LINE_END = /\n[ \t]*(?:\*|\/\/)?[ \t]*/g;

const files = ["src", "supervisor", "docs"].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|md|bash|zsh|fish)$/.test(name))
    .map((name) => join(top, name)),
);

function search(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8").replace(LINE_END, " ");
  return [...text.matchAll(BANNED)].map(
    ({ index }) => `${path}: … ${text.slice(Math.max(0, index - 30), index + 40)} …`,
  );
}

it("names who acts in code and documents", () => {
  expect(files.length).toBeGreaterThan(300);
  expect([...files, "README.md"].flatMap(search)).toEqual([]);
});
