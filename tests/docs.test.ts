/** The documents name only paths that exist, link only to files that exist, and keep prose within 120 characters. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WIDTH = 120;

const documents = ["README.md", ...readdirSync(join(ROOT, "docs")).map((name) => join("docs", name))].filter((name) =>
  name.endsWith(".md"),
);
/** Made from the commands, whose help is not wrapped. */
const GENERATED = "docs/commands.md";

const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");

function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}

describe.each(documents)("%s", (path) => {
  it("names only paths that exist", () => {
    const named = [...textOf(path).matchAll(/`((?:src|supervisor|tests|docs|bench|scripts|examples|man)\/[\w./-]*)`/g)];
    expect(named.map(([, name = ""]) => name).filter((name) => !exists(name))).toEqual([]);
  });

  it("links only to files that exist", () => {
    const links = [...textOf(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
    expect(links.map(([, target = ""]) => target).filter((target) => !exists(join(dirname(path), target)))).toEqual([]);
  });

  it.skipIf(path === GENERATED)("keeps prose within 120 characters", () => {
    const prose = textOf(path)
      .replace(/^```[\s\S]*?^```/gm, "")
      .split("\n")
      .filter((line) => !line.startsWith("|"));
    expect(prose.filter((line) => line.length > WIDTH)).toEqual([]);
  });
});

it("looks at documents that name paths", () => {
  expect(documents.length).toBeGreaterThan(5);
  expect(textOf("docs/architecture.md")).toContain("`src/core/job/state.ts`");
});
