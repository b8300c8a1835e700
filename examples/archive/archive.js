/**
 * Compresses every file of a folder tree, one job each, four at a time, and then proves that nothing was lost: every
 * archive is unpacked again and its digest compared with the original's.
 *
 *   node examples/archive/archive.js [FOLDER]        default: these examples
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { check, inTemporaryHome } from "../queuectl.js";

const source = resolve(process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url)));

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(source.length + 1))
  .sort();

await inTemporaryHome(async (queuectl, folder) => {
  const archive = join(folder, "archive");
  for (const file of files) mkdirSync(dirname(join(archive, file)), { recursive: true });

  // File names go in as environment variables, so that no name, however odd, is ever taken for shell code. Writing to a
  // temporary name first makes the job safe to run twice, which a crash may cause.
  const command = `gzip -9 -c -- "$SRC" > "$DST.part" && sha256sum < "$SRC" > "$DST.sha256" && mv -- "$DST.part" "$DST"`;
  const jobs = files.map((file) => ({
    command,
    env: { SRC: join(source, file), DST: join(archive, `${file}.gz`) },
    tags: ["archive"],
  }));
  queuectl.pipe(jobs.map((job) => JSON.stringify(job)).join("\n"), "enqueue", "--file", "-");
  queuectl("worker", "start", "--drain", "--concurrency", "4");
  queuectl("status");

  const { jobs: counts } = queuectl.json("status");
  check(`all ${files.length} jobs completed`, counts.completed === files.length && counts.total === files.length);
  const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
  for (const file of files) {
    const packed = join(archive, `${file}.gz`);
    if (!existsSync(packed)) throw new Error(`${file} was not archived`);
    const original = digest(readFileSync(join(source, file)));
    if (digest(gunzipSync(readFileSync(packed))) !== original)
      throw new Error(`${file} does not unpack to what it was`);
    if (!readFileSync(`${packed}.sha256`, "utf8").startsWith(original)) throw new Error(`${file} has a wrong checksum`);
  }
  check(
    `every one of the ${files.length} archives unpacks to the original, and its checksum file agrees`,
    files.length > 0,
  );
});
