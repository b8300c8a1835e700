/**
 * Starts the program, which is one CommonJS script beside this one, `program.js`. V8 need not compile it anew each
 * time: see `code-cache.ts`. Start-up time is most of the cost of a short command; the cache saves a fifth of it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { CodeCache } from "./code-cache.js";
import type { ProgramName, start } from "./program.js";

export function boot(name: ProgramName): void {
  closeDebugger();
  const file = join(__dirname, "program.js");
  // The build writes plain ASCII, which is read and kept at a byte a character.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(file, "latin1")}\n})`;
  const command = name === "worker" ? "worker" : (process.argv[2] ?? "");
  const cache = new CodeCache({ folder: join(__dirname, ".cache"), name, command, source });
  const script = new Script(source, { filename: file, cachedData: cache.data });
  cache.keepUpToDate(script);
  const program = { exports: {} as { start: typeof start } };
  script.runInThisContext()(program.exports, require, program, file, __dirname);
  program.exports.start(name);
}

/**
 * On USR1 Node opens its debugger on a port that every user of the machine can reach, who then runs code as this
 * process. A listener takes the place of that. It is the first thing that a process of ours does.
 */
function closeDebugger(): void {
  process.on("SIGUSR1", () => {});
}
