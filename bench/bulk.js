/** Enqueueing a long file, beside a program that does nothing but that. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Home } from "./home.js";
import { inTurns, ratios } from "./measure.js";
import { PROGRAM, start } from "./processes.js";
import { progress } from "./progress.js";
import { alone, atMost, compared, megabytes, milliseconds } from "./row.js";
import { newFolder, removeFolder } from "./workspace.js";

const BARE = fileURLToPath(new URL("bare/insert-file.js", import.meta.url));
const REPORT_MEMORY = new URL("bare/report-memory.js", import.meta.url).href;

export const notes = [
  '`queuectl enqueue --file` of lines such as `{"id":"job-000001","command":"convert in-1.png out-1.webp","tags":["images"]}`, whole processes, into an ' +
    "empty store that no other process uses. The bare side is `bench/bare/insert-file.js`: it reads the file as one string, splits it, parses each line and inserts the same rows into " +
    "the same tables (same constraints, same indexes) by one prepared INSERT in one transaction with synchronous=FULL. It validates nothing, and does not look for ids " +
    "that are taken beyond the UNIQUE constraint. That both leave the same rows is checked. _Without secondary indexes_ is the same with `jobs_due` and `jobs_by_state` dropped before.",
  "Peak memory is the process's own maximum resident set (getrusage), from a run of its own.",
];

const SIDES = {
  queuectl: { words: (file) => [PROGRAM, "enqueue", "--file", file] },
  bare: { words: (file) => [BARE, file] },
  "without secondary indexes": { words: (file) => [BARE, file], dropIndexes: true },
};

export async function measure({ quick }) {
  const count = quick ? 20_000 : 100_000;
  const folder = newFolder("bulk");
  const file = join(folder, "jobs.ndjson");
  writeFileSync(file, lines(count));
  await checkSameRows(file);
  const values = await inTurns(
    quick ? 2 : 5,
    Object.fromEntries(Object.keys(SIDES).map((name) => [name, () => time(name, file)])),
  );
  const [ours, bare] = [await memory("queuectl", file), await memory("bare", file)];
  removeFolder(folder);
  const what = `enqueue --file, ${count.toLocaleString("en")} lines`;
  const beside = (name, label, target) =>
    compared(what, {
      ours: values.queuectl,
      other: { name: label, values: values[name] },
      ratios: ratios(values.queuectl, values[name]),
      target,
      show: milliseconds,
    });
  return [
    beside("bare", "bare SQLite", atMost(2.5)),
    beside("without secondary indexes", "bare, without secondary indexes"),
    {
      ...alone(`${what}, peak memory`, {
        value: ours / 1e6,
        target: atMost(220, "MB"),
        show: (mb) => megabytes(mb * 1e6),
      }),
      other: `bare SQLite: ${megabytes(bare)}`,
      ratio: (ours / bare).toFixed(2),
    },
  ];
}

function lines(count) {
  const name = (n) => String(n).padStart(6, "0");
  const job = (n) => ({ id: `job-${name(n)}`, command: `convert in-${n}.png out-${n}.webp`, tags: ["images"] });
  return Array.from({ length: count }, (_, n) => `${JSON.stringify(job(n + 1))}\n`).join("");
}

/** Both in the same folder, since a job runs where it was enqueued. */
async function insert(name, file, options = {}) {
  const side = SIDES[name];
  const home = await new Home().open();
  if (side.dropIndexes) home.sql.exec("DROP INDEX jobs_due; DROP INDEX jobs_by_state");
  await home.disconnect();
  const env = { QUEUECTL_HOME: home.dir, QUEUECTL_DB: home.db };
  const words = [...(options.nodeFlags ?? []), ...side.words(file)];
  const began = performance.now();
  const child = start(process.execPath, words, { env, cwd: join(file, ".."), stdio: options.stdio ?? "ignore" });
  const printed = options.stdio ? child.stdio[3].setEncoding("utf8").toArray() : [];
  const code = await child.ended;
  const ms = performance.now() - began;
  if (code !== 0) throw new Error(`${name} exited with ${code}`);
  return { home, ms, printed: (await printed).join("") };
}

async function time(name, file) {
  const { home, ms } = await insert(name, file);
  await home.close();
  return ms;
}

/** In bytes. */
async function memory(name, file) {
  progress(`memory of ${name}`);
  const stdio = ["ignore", "ignore", "ignore", "pipe"];
  const { home, printed } = await insert(name, file, { stdio, nodeFlags: [`--import=${REPORT_MEMORY}`] });
  await home.close();
  return Number(printed) * 1024;
}

async function checkSameRows(file) {
  progress("whether both sides write the same rows");
  const [ours, bare] = [await insert("queuectl", file), await insert("bare", file)];
  await ours.home.open();
  const columns = ours.home.sql.pragma("table_info(jobs)").map(({ name }) => name);
  const kept = columns.filter((name) => !["created_at", "updated_at", "run_at"].includes(name)).join(", ");
  ours.home.sql.prepare("ATTACH ? AS bare").run(bare.home.db);
  const { differing, rows } = ours.home.sql
    .prepare(
      `SELECT (SELECT count(*) FROM (SELECT ${kept} FROM jobs EXCEPT SELECT ${kept} FROM bare.jobs)) AS differing,
        (SELECT count(*) FROM jobs) - (SELECT count(*) FROM bare.jobs) AS rows`,
    )
    .get();
  await ours.home.close();
  await bare.home.close();
  if (differing !== 0 || rows !== 0) throw new Error(`the two sides differ in ${differing} rows`);
}
