/** Enqueueing a long file, beside programs that do nothing but that. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withTime } from "./cpu.js";
import { Home } from "./home.js";
import { inTurns, ratios } from "./measure.js";
import { PROGRAM, start } from "./processes.js";
import { progress } from "./progress.js";
import { alone, atMost, compared, megabytes, milliseconds } from "./row.js";
import { newFolder, removeFolder } from "./workspace.js";

const SAME_TABLES = fileURLToPath(new URL("bare/insert-file.js", import.meta.url));
const ONE_TABLE = fileURLToPath(new URL("bare/one-table.js", import.meta.url));
const REPORT_MEMORY = new URL("bare/report-memory.js", import.meta.url).href;

export const notes = [
  'Processor time of `queuectl enqueue --file` of lines such as `{"id":"job-000001","command":"convert in-1.png out-1.webp"}`, and of the same with `"tags":["images"]`: whole processes, into an ' +
    "empty store that no other process uses. _One plain table_ is `bench/bare/one-table.js`: it reads the file as one string, splits it, parses each line and inserts it into a table of twelve columns with an index of its ids, " +
    "by one prepared INSERT in one transaction with synchronous=FULL. It validates nothing; there are no constraints, no counts, no tags to search by. " +
    "_The same tables_ is `bench/bare/insert-file.js`: the same into our own tables (same constraints, same indexes, same triggers). That it leaves the same rows as queuectl is checked.",
  "Peak memory is the process's own maximum resident set (getrusage), from a run of its own.",
];

const SIDES = {
  queuectl: (file) => [PROGRAM, "enqueue", "--file", file],
  "one plain table": (file) => [ONE_TABLE, file],
  "the same tables": (file) => [SAME_TABLES, file],
};

/** The limits beside one plain table. */
const FILES = [
  { name: "", fields: {}, limit: 2 },
  { name: ", with a tag", fields: { tags: ["images"] }, limit: 2.4 },
];

export async function measure({ quick }) {
  const count = quick ? 20_000 : 100_000;
  const folder = newFolder("bulk");
  const files = FILES.map((file, n) => ({ ...file, path: join(folder, `${n}.ndjson`) }));
  for (const { path, fields } of files) writeFileSync(path, lines(count, fields));
  const [, tagged] = files;
  await checkSameRows(tagged.path);
  const variants = files.flatMap(({ name, path }) =>
    Object.keys(SIDES).map((side) => [side + name, () => time(side, path)]),
  );
  const values = await inTurns(quick ? 2 : 5, Object.fromEntries(variants));
  const [ours, bare] = [await memory("queuectl", tagged.path), await memory("one plain table", tagged.path)];
  removeFolder(folder);
  const what = `enqueue --file, ${count.toLocaleString("en")} lines`;
  const beside = ({ name }, side, target) =>
    compared(what + name, {
      ours: values[`queuectl${name}`],
      other: { name: side, values: values[side + name] },
      ratios: ratios(values[`queuectl${name}`], values[side + name]),
      target,
      show: milliseconds,
    });
  return [
    ...files.map((file) => beside(file, "one plain table", atMost(file.limit))),
    ...files.map((file) => beside(file, "the same tables")),
    {
      ...alone(`${what}, peak memory`, {
        value: ours / 1e6,
        target: atMost(160, "MB"),
        show: (mb) => megabytes(mb * 1e6),
      }),
      other: `one plain table: ${megabytes(bare)}`,
      ratio: (ours / bare).toFixed(2),
    },
  ];
}

function lines(count, fields) {
  const name = (n) => String(n).padStart(6, "0");
  const job = (n) => ({ id: `job-${name(n)}`, command: `convert in-${n}.png out-${n}.webp`, ...fields });
  return Array.from({ length: count }, (_, n) => `${JSON.stringify(job(n + 1))}\n`).join("");
}

/** Both in the same folder, since a job runs where it was enqueued. */
async function insert(name, file, options = {}) {
  const home = await new Home().open();
  await home.disconnect();
  const env = { QUEUECTL_HOME: home.dir, QUEUECTL_DB: home.db, BENCH_TABLE: join(home.folder, "table.db") };
  const words = [...(options.nodeFlags ?? []), ...SIDES[name](file)];
  let printed = [];
  const { result: code, ms } = await withTime(() => {
    const child = start(process.execPath, words, { env, cwd: join(file, ".."), stdio: options.stdio ?? "ignore" });
    if (options.stdio) printed = child.stdio[3].setEncoding("utf8").toArray();
    return child.ended;
  });
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
  const [ours, bare] = [await insert("queuectl", file), await insert("the same tables", file)];
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
