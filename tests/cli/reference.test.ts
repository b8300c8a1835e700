/** The commands describe themselves: help, docs/commands.md and the manual page are made of it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generate } from "../../scripts/docs/generate.js";
import { readArguments } from "../../src/cli/parse/arguments.js";
import { splitCall } from "../../src/cli/parse/call.js";
import { signatureOf } from "../../src/cli/parse/signature.js";
import { COMMAND_PATHS, loadCommand } from "../../src/cli/registry.js";
import { topics } from "../../src/cli/topics.js";
import { callsIn } from "../support/shell-calls.js";

describe.each(COMMAND_PATHS.map((path) => [path]))("queuectl %s", (path) => {
  it("says what it does, in one line without a full stop", async () => {
    const { usage } = await loadCommand(path);
    expect(usage?.description).toMatch(/^[A-Z][^\n]+[^.\n]$/);
    for (const { description } of signatureOf(await loadCommand(path)).options) expect(description).toMatch(/^\S.*\S$/);
  });

  it("has examples, and they can be typed", async () => {
    const { usage } = await loadCommand(path);
    const used: string[] = [];
    for (const [what, how] of usage?.examples ?? []) {
      expect(what, how).not.toBe("");
      const calls = callsIn(how);
      expect(calls.length, how).toBeGreaterThan(0);
      for (const words of calls) {
        const call = splitCall(words);
        if (call.kind !== "command") throw new Error(`${how} is no command`);
        readArguments(signatureOf(await loadCommand(call.path)), call.rest);
        used.push(call.path);
      }
    }
    expect(used).toContain(path);
  });
});

describe("help", () => {
  it("has a place for every command", () => {
    expect(
      topics()
        .flatMap(({ paths }) => paths)
        .sort(),
    ).toEqual([...COMMAND_PATHS].sort());
    expect(topics().map(({ title }) => title)).not.toContain("Other");
    expect(topics(["frobnicate", "list"])).toEqual([
      { title: "Look", paths: ["list"] },
      { title: "Other", paths: ["frobnicate"] },
    ]);
  });
});

describe("the documentation", () => {
  it("is what npm run docs makes of the commands", async () => {
    for (const { path, text } of await generate()) {
      expect(readFileSync(path, "utf8"), `${path} is stale: npm run docs`).toBe(text);
    }
  });

  const man = fileURLToPath(new URL("../../man/queuectl.1", import.meta.url));
  const hasMan = spawnSync("man", ["--version"], { encoding: "utf8" }).stdout?.startsWith("man ") ?? false;

  it.skipIf(!hasMan)("has a manual page that man reads without a complaint", () => {
    const { status, stdout, stderr } = spawnSync("man", ["--warnings", "-E", "UTF-8", "-l", man], {
      encoding: "utf8",
      env: { ...process.env, MANWIDTH: "100", MANPAGER: "cat" },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const path of COMMAND_PATHS) expect(stdout).toContain(`queuectl ${path}`);
    expect(stdout).toContain(`'{"id":"job1","command":"echo Hello World"}'`);
  });
});
