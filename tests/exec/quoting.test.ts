import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bench, SHELLS } from "./bench.js";

/** Anything but NUL, with what means something to a shell more often than chance has it. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(..."'\"\\`$!#&|;<>(){}[]*?~= \t\n\r-+a\u0081\u0088é€😀"),
    maxLength: 60,
  }),
);
const word = text.filter((t) => !t.includes("\0"));

describe.each(SHELLS)("through %s", (shell) => {
  test("arguments arrive byte for byte", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (words) => {
        const output = await b.outputOf(launcher, ["printf", "%s\\001", ...words]);
        expect(output.toString()).toBe(words.map((w) => `${w}\u0001`).join(""));
      }),
      { numRuns: 60 },
    );
  });

  test("a command arrives byte for byte, and so does a variable", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    await fc.assert(
      fc.asyncProperty(word, word, async (first, second) => {
        const command = `printf %s '${first.replaceAll("'", "'\\''")}'; printf '\\001%s' "$SECOND"`;
        const output = await b.outputOf(launcher, command, { env: { SECOND: second } });
        expect(output.toString()).toBe(`${first}\u0001${second}`);
      }),
      { numRuns: 60 },
    );
  });

  test("a directory and files may have any name", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const name = `it's "$(x)" \\ \n;é`;
    const output = await b.outputOf(launcher, ["sh", "-c", 'mkdir "$1" && cd "$1" && pwd', "sh", name]);
    expect(output.toString()).toBe(`${b.path(name)}\n`);
    const more = { cwd: b.path(name), stdoutPath: b.path(`${name}/out`), stderrPath: b.path(`${name}/err`) };
    expect(await b.run(launcher, "pwd", more)).toEqual({ kind: "succeeded" });
    expect(b.read(`${name}/out`)).toBe(`${b.path(name)}\n`);
  });

  test("a command of 120 KiB arrives", async () => {
    const b = bench();
    const long = "x'\n".repeat(40 * 1024);
    expect((await b.outputOf(b.launcher({ shell }), ["printf", "%s", long])).toString()).toBe(long);
  });

  test("what looks like an option, an assignment or a builtin is a command", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const make = (name: string) => `printf '#!/bin/sh\\necho ran "$0"' > './${name}'; chmod +x './${name}'`;
    for (const name of ["-x", "a=b", "cd"]) {
      expect(await b.run(launcher, make(name))).toEqual({ kind: "succeeded" });
      const env = { PATH: `${b.dir}:${process.env.PATH}` };
      expect((await b.outputOf(launcher, [name], { env })).toString()).toBe(`ran ${b.path(name)}\n`);
    }
    expect(await b.run(launcher, "-no-such-command")).toEqual({ kind: "failed", exitCode: 127 });
    expect(await b.run(launcher, "+x")).toEqual({ kind: "failed", exitCode: 127 });
  });
});
