/**
 * Fetches one page, and enqueues what it links to. Its exit code says what is to become of the job: 75 is "later, please", 4 is
 * "never again", anything else is an ordinary failure.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const QUEUECTL = fileURLToPath(new URL("../../dist/queuectl.js", import.meta.url));
const url = process.argv[2];

const response = await fetch(url);
if (response.status === 503) process.exit(75);
if (response.status === 404) process.exit(4);
for (const [, path] of (await response.text()).matchAll(/href="([^"]+)"/g)) {
  const words = ["--queue", "crawl", "--policy", "fetch", "--id", path.slice(1)];
  const command = [process.execPath, process.argv[1], new URL(path, url).href];
  const { status } = spawnSync(process.execPath, [QUEUECTL, "enqueue", ...words, "--", ...command]);
  // 6: somebody else has found it before.
  if (status !== 0 && status !== 6) process.exit(1);
}
