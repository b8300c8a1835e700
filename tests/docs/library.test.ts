/** Each example of docs/library.md compiles and runs, one after another in one home. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(ROOT, "docs/library.md"), "utf8");
const examples = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1] as string);

const folder = mkdtempSync(join(ROOT, "tests", "docs", ".library-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** As the reader has it, but for where the package is. */
function run(file: string, home: string): string {
  const env = { ...process.env, QUEUECTL_HOME: home };
  return execFileSync(process.execPath, ["--import", "tsx", file], { cwd: ROOT, env, encoding: "utf8" });
}

describe("docs/library.md", () => {
  const home = mkdtempSync(join(tmpdir(), "queuectl-docs-"));
  afterAll(() => rmSync(home, { recursive: true }));
  const files = examples.map((text, n) => {
    const file = join(folder, `example-${n}.ts`);
    writeFileSync(file, text);
    return file;
  });

  it("has examples that compile", () => {
    expect(examples.length).toBeGreaterThan(5);
    const config = join(folder, "tsconfig.json");
    const paths = { queuectl: [join(ROOT, "src/index.ts")] };
    writeFileSync(
      config,
      JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions: { paths }, include: ["*.ts"] }),
    );
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["--noEmit", "-p", config], { cwd: ROOT, encoding: "utf8" });
  });

  it.each(files.map((file, n) => [n, file] as const))("has an example %i that runs", (_, file) => {
    expect(run(file, home)).toMatch(/\S/);
  });
});
