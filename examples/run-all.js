/** Runs every example, each of which checks its own result; ends with 1 if one fails. CI runs this. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const EXAMPLES = [
  ["demo.js"],
  ["archive/archive.js"],
  ["retries/retries.js"],
  ["etl.js"],
  ["crawler/crawler.js"],
  ["library/enqueue.ts", "--import", "tsx"],
  ["backup/backup.js"],
];

const failed = [];
for (const [file, ...nodeFlags] of EXAMPLES) {
  console.log(`\n━━ examples/${file}`);
  const { status } = spawnSync(process.execPath, [...nodeFlags, fileURLToPath(new URL(file, import.meta.url))], {
    stdio: "inherit",
  });
  if (status !== 0) failed.push(file);
}
console.log(failed.length === 0 ? `\n✓ ${EXAMPLES.length} examples` : `\n✗ failed: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
