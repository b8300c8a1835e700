/** Writes docs/commands.md and man/queuectl.1 from the commands themselves. A test says when they are stale. */
import { writeFile } from "node:fs/promises";
import { generate } from "./docs/generate.ts";

for (const { path, text } of await generate()) await writeFile(path, text);
