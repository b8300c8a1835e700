/** Every generated document: where it belongs, and what it has to be. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { manual } from "./man.js";
import { markdown } from "./markdown.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Generated {
  readonly path: string;
  readonly text: string;
}

export async function generate(): Promise<Generated[]> {
  return [
    { path: `${ROOT}docs/commands.md`, text: formatted("docs/commands.md", await markdown()) },
    { path: `${ROOT}man/queuectl.1`, text: await manual() },
  ];
}

/** As Biome would have it, since it checks that file as well. */
function formatted(path: string, text: string): string {
  const biome = `${ROOT}node_modules/.bin/biome`;
  const { status, stdout, stderr } = spawnSync(biome, ["format", `--stdin-file-path=${path}`], {
    cwd: ROOT,
    input: text,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`biome cannot format ${path}: ${stderr}`);
  return stdout;
}
