/**
 * Writes the types of the library to dist/, in one file, with nothing in it that a user would have to install. The
 * compiler writes a declaration for each module, rollup joins those that are reached from the entry. Only the package
 * needs them, so they are made when it is installed or packed, after dist/.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const TSC = "node_modules/typescript/bin/tsc";

const folder = mkdtempSync(join(tmpdir(), "queuectl-types-"));
try {
  execFileSync(process.execPath, [TSC, "-p", "tsconfig.build.json", "--outDir", folder], { stdio: "inherit" });
  const bundle = await rollup({
    input: join(folder, "src/index.d.ts"),
    plugins: [dts({ tsconfig: false })],
    external: (id) => !/^[./]/.test(id),
  });
  await bundle.write({ file: "dist/index.d.ts" });
  // The same types for `import`: a class declared twice would be two types.
  writeFileSync("dist/index.d.mts", `export * from "./index.js";\n`);
} finally {
  rmSync(folder, { recursive: true });
}
