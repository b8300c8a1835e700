/** Each form in docs/coming-from.md that begins with queuectl can be typed, and says so if it cannot. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { callsIn, checkCall } from "../support/shell-calls.js";

const text = readFileSync(fileURLToPath(new URL("../../docs/coming-from.md", import.meta.url)), "utf8");

const rows = text
  .split("\n")
  .filter((line) => line.startsWith("|") && !line.startsWith("| -"))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|")));

/** The forms of a cell. */
function formsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]*\bqueuectl [^`]*)`/g)].map(([, form = ""]) => form);
}

const ours = rows.flatMap(([, , cell = ""]) => formsIn(cell));
const theirs = rows
  .filter(([, cell = ""]) => cell.startsWith("`queuectl "))
  .map(([, cell = "", here = ""]) => [cell, here]);

describe("a form of ours", () => {
  it.each(ours)("can be typed: %s", async (form) => {
    const line = form.startsWith("for f in *.log") ? form.replace("*.log", "a.log") : form.replace(/^jq .* \| /, "");
    const calls = callsIn(line);
    expect(calls.length).toBeGreaterThan(0);
    for (const words of calls) expect(await checkCall(words)).not.toBe("");
  });

  it("is there for each of theirs", () => {
    expect(rows.length).toBeGreaterThan(100);
    for (const [, there, here = ""] of rows.filter((row) => !/^(queuectl|here)$/.test(row[2] ?? "")))
      expect(formsIn(here).length, there).toBeGreaterThan(0);
  });
});

describe("a form of another queuectl", () => {
  it.each(theirs)("%s is what the table says: %s", async (cell = "", here = "") => {
    const [words = []] = callsIn(formsIn(cell)[0]?.replace(/ &$/, "") ?? "");
    const [meant = []] = callsIn(formsIn(here).at(-1) ?? "");
    if (here.startsWith("the same")) expect(await checkCall(words)).toBe(await checkCall(meant));
    else if (cell.includes("dlq clear")) expect(await checkCall(words)).toBe("dlq purge");
    else {
      const error = await checkCall(words).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).hint).toContain(`queuectl ${await checkCall(meant)}`);
    }
  });
});
