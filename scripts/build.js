/**
 * Bundles everything but the native module into dist/, because a bundle starts in about half the time of the same modules
 * loaded one by one. What is bundled stands in devDependencies; `dependencies` are what a user installs.
 *
 * - `program.js` is the command line and the worker. It is CommonJS, which starts sooner than ES modules, and one script,
 *   so that one cache holds what V8 made of it. `queuectl.js` and `worker.js` run it (src/boot/).
 * - `library.js` is the library, `index.js` names its exports for `require` and `index.mjs` for `import`. Its types
 *   are made by build/types.js.
 * - `subreaper-*` starts launchers on Linux, `namer-*` starts jobs with variables that a shell drops, and
 *   `privacy-*` keeps the files of `output` private (scripts/build/).
 * - `THIRD-PARTY.txt` has the licences of all that is bundled.
 *
 * With --faults it writes dist-faults/ instead: the same program with failpoints (src/system/failpoint.ts), for tests/faults.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { build } from "esbuild";
import { ARCHITECTURES, elf } from "./build/elf.js";
import { NAMER } from "./build/namer.js";
import { PRIVACY } from "./build/privacy.js";
import { SUBREAPER } from "./build/subreaper.js";
import { licencesOf } from "./build/third-party.js";

const faults = process.argv.includes("--faults");
const outdir = faults ? "dist-faults" : "dist";
const { dependencies } = JSON.parse(await readFile("package.json", "utf8"));

const shared = {
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: Object.keys(dependencies),
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "linked",
  sourcemap: false,
  metafile: true,
  loader: { ".bash": "text", ".zsh": "text", ".fish": "text" },
  logLevel: "warning",
};

/** What ES modules know of themselves, made only when it is asked for. */
const HERE = `const __here={get url(){return require("node:url").pathToFileURL(__filename).href}};`;
const asScript = {
  define: { FAILPOINTS: String(faults), "import.meta.url": "__here.url" },
  banner: { js: HERE },
};

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir);
// The package is one of ES modules; these are not.
await writeFile(`${outdir}/package.json`, `{"type":"commonjs"}\n`);
const program = await buildProgram();
const entries = await buildEntries(program.id);
const library = await buildLibrary();
await writePrograms({ subreaper: SUBREAPER, namer: NAMER, privacy: PRIVACY });
await writeFile(`${outdir}/THIRD-PARTY.txt`, await licencesOf([program, entries, library]));

/** `id` tells this program from every other. */
async function buildProgram() {
  const { outputFiles, metafile } = await build({
    ...shared,
    ...asScript,
    entryPoints: { program: "src/boot/program.ts" },
    supported: { "dynamic-import": false },
    charset: "ascii",
    write: false,
  });
  const text = outputFiles.find(({ path }) => path.endsWith("program.js"))?.text ?? "";
  const id = createHash("sha256").update(text).digest("hex").slice(0, 16);
  for (const { path, contents } of outputFiles) {
    await writeFile(path, path.endsWith("program.js") ? `"use strict";const BUILD_ID="${id}";${text}` : contents);
  }
  return { id, inputs: metafile.inputs };
}

async function buildEntries(id) {
  const { metafile } = await build({
    ...shared,
    entryPoints: { queuectl: "src/boot/queuectl.ts", worker: "src/boot/worker.ts" },
    define: { BUILD_ID: JSON.stringify(id) },
  });
  await chmod(`${outdir}/queuectl.js`, 0o755);
  return metafile;
}

/** One of each for each architecture, since one package is for all of them. */
async function writePrograms(programs) {
  for (const [name, code] of Object.entries(programs)) {
    for (const arch of ARCHITECTURES) {
      await writeFile(`${outdir}/${name}-${arch}`, elf(arch, code[arch]), { mode: 0o755 });
    }
  }
}

/**
 * One copy of the code for both kinds of module, so that an error's class is the same however it was loaded. The names
 * stand in a file of their own: to find them in the whole library would cost each `import` more than loading it.
 */
async function buildLibrary() {
  const { metafile } = await build({
    ...shared,
    ...asScript,
    entryPoints: { library: "src/index.ts" },
    // An error is printed with the name of its class.
    keepNames: true,
  });
  const names = Object.keys(createRequire(import.meta.url)(resolve(outdir, "library.js"))).sort();
  const lines = names.map((name) => `exports.${name} = library.${name};\n`);
  await writeFile(`${outdir}/index.js`, `const library = require("./library.js");\n${lines.join("")}`);
  await writeFile(`${outdir}/index.mjs`, `export { ${names.join(", ")} } from "./index.js";\n`);
  return metafile;
}
