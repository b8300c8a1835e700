import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/job/outcome.js";
import { collectReport } from "../../src/exec/report.js";
import { bench } from "./bench.js";

const SUCCEEDED: Outcome = { kind: "succeeded" };
const FAILED: Outcome = { kind: "failed", exitCode: 1 };

function paths() {
  const b = bench();
  return { result: b.path("1.result"), error: b.path("1.error") };
}

function reported(files: { result?: string | Buffer; error?: string }, outcome = SUCCEEDED) {
  const where = paths();
  if (files.result !== undefined) writeFileSync(where.result, files.result);
  if (files.error !== undefined) writeFileSync(where.error, files.error);
  const { found, ...report } = collectReport(where, outcome);
  expect(found).toBe(Object.keys(files).length > 0);
  return report;
}

it("of a command that wrote nothing is empty", () => {
  expect(reported({})).toEqual({ result: null, reason: null, remark: null });
});

describe("a result", () => {
  it.each(['{"rows": 3}', "[1,2]", '"text"', "0", "null", `"${"x".repeat(65_000)}"`])("is kept", (text) => {
    expect(reported({ result: `${text}\n` })).toEqual({ result: text, reason: null, remark: null });
  });

  it("is kept whatever became of the command", () => {
    expect(reported({ result: "1" }, FAILED).result).toBe("1");
    expect(reported({ result: "1" }, { kind: "lost", message: "x" }).result).toBe("1");
  });

  it.each([
    ["{", /it is not JSON: /],
    ["  \n", /it is empty$/],
    [Buffer.from([0x22, 0xe9, 0x22]), /it is not UTF-8 text$/],
    ["", /it is empty$/],
    [`"${"x".repeat(70_000)}"`, /it has 70002 bytes, and the most is 64 KiB$/],
    ["[".repeat(201) + "]".repeat(201), /nested deeper than 200 levels$/],
  ])("that cannot be kept is told of: %.10j", (text, remark) => {
    expect(reported({ result: text })).toEqual({ result: null, reason: null, remark: expect.stringMatching(remark) });
  });

  it("does not take brackets in texts for levels", () => {
    const text = JSON.stringify(["[".repeat(300), '\\"[']);
    expect(reported({ result: text }).result).toBe(text);
  });

  it("is not looked for in what is no file", () => {
    const where = paths();
    mkdirSync(where.result);
    writeFileSync(`${where.result}/x`, "1");
    symlinkSync("/etc/hostname", where.error);
    expect(collectReport(where, FAILED)).toEqual({
      found: true,
      result: null,
      reason: null,
      remark: "its result was not kept: it is not in a regular file",
    });
  });
});

describe("a reason", () => {
  it("is the text, trimmed, and its first thousand characters", () => {
    expect(reported({ error: "  no such file\n" }, FAILED).reason).toBe("no such file");
    expect(reported({ error: `\n${"x".repeat(100_000)}` }, FAILED).reason).toBe("x".repeat(1000));
    expect(reported({ error: `${"x".repeat(999)}😀` }, FAILED).reason).toBe("x".repeat(999));
    expect(reported({ error: `${"x".repeat(998)}😀😀` }, FAILED).reason).toBe(`${"x".repeat(998)}😀`);
    expect(reported({ error: " \n" }, FAILED).reason).toBeNull();
  });

  it.each<Outcome>([FAILED, { kind: "killed", signal: "SIGKILL" }, { kind: "timed-out", timeoutMs: 1 }])(
    "counts when the command failed: $kind",
    (outcome) => {
      expect(reported({ error: "why" }, outcome).reason).toBe("why");
    },
  );

  it.each<Outcome>([
    SUCCEEDED,
    { kind: "cancelled", reason: null },
    { kind: "interrupted" },
    { kind: "lost", message: "x" },
  ])("does not count otherwise: $kind", (outcome) => {
    expect(reported({ error: "why" }, outcome).reason).toBeNull();
  });
});
