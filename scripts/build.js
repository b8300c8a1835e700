/**
 * Bundles everything but the native module into dist/, because a bundle starts in about half the time of the same modules
 * loaded one by one.
 *
 * - `program.js` is the command line and the worker. It is CommonJS, which starts sooner than ES modules, and one script,
 *   so that one cache holds what V8 made of it. `queuectl.js` and `worker.js` run it (src/boot/).
 * - `index.mjs` is the library, with what it loads on demand in chunks of its own.
 *
 * With --faults it writes dist-faults/ instead: the same program with failpoints (src/system/failpoint.ts), for tests/faults.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const faults = process.argv.includes("--faults");
const outdir = faults ? "dist-faults" : "dist";

const shared = {
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  external: ["better-sqlite3"],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "linked",
  sourcemap: false,
  loader: { ".bash": "text", ".zsh": "text", ".fish": "text" },
  logLevel: "warning",
};
const FAILPOINTS = String(faults);

/** What ES modules know of themselves, made only when it is asked for. */
const HERE = `const __here={get url(){return require("node:url").pathToFileURL(__filename).href}};`;

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir);
const buildId = await buildProgram();
await buildEntries(buildId);
await buildLibrary();
// The package is one of ES modules; these are not, but the types are those of the library.
await writeFile(`${outdir}/package.json`, `{"type":"commonjs"}\n`);
await mkdir(`${outdir}/types`);
await writeFile(`${outdir}/types/package.json`, `{"type":"module"}\n`);
await chmod(`${outdir}/queuectl.js`, 0o755);

/** Resolves to what tells this program from every other. */
async function buildProgram() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: { program: "src/boot/program.ts" },
    format: "cjs",
    supported: { "dynamic-import": false },
    charset: "ascii",
    define: { FAILPOINTS, "import.meta.url": "__here.url" },
    banner: { js: HERE },
    write: false,
  });
  const text = outputFiles.find(({ path }) => path.endsWith("program.js"))?.text ?? "";
  const id = createHash("sha256").update(text).digest("hex").slice(0, 16);
  for (const { path, contents } of outputFiles) {
    await writeFile(path, path.endsWith("program.js") ? `"use strict";const BUILD_ID="${id}";${text}` : contents);
  }
  return id;
}

async function buildEntries(id) {
  await build({
    ...shared,
    entryPoints: { queuectl: "src/boot/queuectl.ts", worker: "src/boot/worker.ts" },
    format: "cjs",
    define: { BUILD_ID: JSON.stringify(id) },
  });
}

async function buildLibrary() {
  await build({
    ...shared,
    entryPoints: { index: "src/index.ts" },
    format: "esm",
    splitting: true,
    outExtension: { ".js": ".mjs" },
    chunkNames: "library-[hash]",
    define: { FAILPOINTS },
    // CommonJS packages inside an ES module need a `require` for Node's own modules.
    banner: { js: `import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);` },
  });
}
