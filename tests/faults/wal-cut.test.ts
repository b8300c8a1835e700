/**
 * A power cut, as the database sees it: the log of changes ends somewhere. The files of a busy queue are copied, the copy's
 * log is cut at every frame and in the middle of some, and each copy is opened. What is in it must be whole, must be
 * something that was true once, and must not go back when the cut moves forward.
 */
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";
import { Choices, LONG } from "./random.js";

const JOBS = LONG ? 200 : 30;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

let box: FaultBox;
let copies: string;
beforeEach(() => {
  box = new FaultBox();
  copies = mkdtempSync(join(tmpdir(), "queuectl-wal-"));
});
afterEach(async () => {
  await box.dispose();
  rmSync(copies, { recursive: true, force: true });
});

it("wherever the log is cut, what is left is whole and was true once", { timeout: 600_000 }, async () => {
  const choices = new Choices("tests/faults/wal-cut.test.ts");
  const db = await killedInTheMiddle();
  const cuts = cutsOf(`${db}-wal`, choices);
  let before: Seen | undefined;
  for (const cut of cuts) {
    const seen = look(copyCutAt(db, cut));
    expect({ cut, wrong: seen.wrong, back: before ? goneBack(before, seen) : [] }).toEqual({
      cut,
      wrong: [],
      back: [],
    });
    before = seen;
  }
  expect(before?.jobs.size).toBe(JOBS);
});

it("a queue that lost the end of its log works on", { timeout: 120_000 }, async () => {
  const choices = new Choices("tests/faults/wal-cut.test.ts");
  const db = await killedInTheMiddle();
  const cuts = cutsOf(`${db}-wal`, choices).filter((cut) => cut > WAL_HEADER);
  const home = copyCutAt(db, cuts[Math.floor(cuts.length * (0.5 + choices.next() / 2))] ?? 0, "queuectl.db");
  const { code, stderr } = await box.run(["worker", "start", "--drain", "--home", join(home, "..")]);
  expect({ code, stack: /^\s+at /m.test(stderr) }).toEqual({ code: 0, stack: false });
  const { jobs } = look(home);
  expect(jobs.size).toBeGreaterThan(0);
  expect([...jobs.values()].filter(({ ended }) => !ended)).toEqual([]);
});

/** Kills everybody in the middle of work; nobody has the database open then, and nobody has tidied it. */
async function killedInTheMiddle(): Promise<string> {
  await box.supervisor("--count", "2");
  for (let n = 0; n < JOBS; n++) await box.enqueue(`j${n}`, n % 7 === 0 ? "sleep 0.2" : "true", { maxRetries: 9 });
  await waitFor("half of them to have run", () => box.witness.filter(({ kind }) => kind === "E").length >= JOBS / 2);
  await (await box.client()).close();
  for (const role of ["supervisor", "worker"] as const) {
    for (const { pid } of box.processes(role)) process.kill(pid, "SIGKILL");
  }
  await waitFor("everybody to be gone", () => box.processes().length === 0);
  return join(box.home, "queuectl.db");
}

function cutsOf(wal: string, choices: Choices): number[] {
  const fd = openSync(wal, "r");
  const header = Buffer.alloc(WAL_HEADER);
  readSync(fd, header, 0, WAL_HEADER, 0);
  closeSync(fd);
  const frame = FRAME_HEADER + header.readUInt32BE(8);
  const frames = Math.floor((statSync(wal).size - WAL_HEADER) / frame);
  expect(frames).toBeGreaterThan(50);
  const cuts = [0, WAL_HEADER / 2];
  for (let n = 0; n <= frames; n++) {
    cuts.push(WAL_HEADER + n * frame);
    if (n < frames && choices.below(4) === 0) cuts.push(WAL_HEADER + n * frame + 1 + choices.below(frame - 1));
  }
  return cuts;
}

function copyCutAt(db: string, bytes: number, name = "copy.db"): string {
  const copy = join(copies, name);
  rmSync(`${copy}-shm`, { force: true });
  copyFileSync(db, copy);
  writeFileSync(`${copy}-wal`, readFileSync(`${db}-wal`).subarray(0, bytes));
  return copy;
}

interface Seen {
  /** By id: how far each job has come. */
  readonly jobs: ReadonlyMap<string, { readonly runs: number; readonly settled: number; readonly ended: boolean }>;
  readonly wrong: readonly string[];
}

function look(path: string): Seen {
  const db = new Sqlite(path);
  try {
    const integrity = db.pragma("integrity_check", { simple: true });
    const wrong = integrity === "ok" ? [] : [`integrity_check: ${integrity}`];
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'jobs'").get() === undefined)
      return { jobs: new Map(), wrong };
    const rows = db.prepare(PROGRESS).all() as Row[];
    rows.forEach((row, n) => {
      if (row.id !== `j${n}`) wrong.push(`job ${n} is ${row.id}`);
      if (row.runs !== row.attempts) wrong.push(`${row.id} ran ${row.runs} times and has ${row.attempts} attempts`);
      if (row.running !== (row.state === "processing" ? 1 : 0))
        wrong.push(`${row.id} is ${row.state} with ${row.running} running`);
      if (row.succeeded !== (row.state === "completed" ? 1 : 0))
        wrong.push(`${row.id} is ${row.state}, succeeded ${row.succeeded}`);
    });
    const progress = rows.map(({ id, runs, attempts, running, state }) => {
      return [
        id,
        { runs, settled: attempts - running, ended: ["completed", "dead", "cancelled"].includes(state) },
      ] as const;
    });
    return { jobs: new Map(progress), wrong };
  } finally {
    db.close();
  }
}

interface Row {
  id: string;
  state: string;
  runs: number;
  attempts: number;
  running: number;
  succeeded: number;
}

const PROGRESS = `
  SELECT jobs.id, jobs.state, jobs.runs, count(a.fence) AS attempts, count(a.fence) - count(a.outcome) AS running,
    count(*) FILTER (WHERE a.outcome = 'succeeded') AS succeeded
  FROM jobs LEFT JOIN attempts AS a ON a.job_id = jobs.id
  GROUP BY jobs.seq ORDER BY jobs.seq`;

function goneBack(before: Seen, after: Seen): string[] {
  return [...before.jobs].flatMap(([id, old]) => {
    const now = after.jobs.get(id);
    if (!now) return [`${id} is gone`];
    // A claim may have been undone: then the job has one run less.
    const back = now.runs < old.settled || now.settled < old.settled || (old.ended && !now.ended);
    return back ? [`${id} went from ${JSON.stringify(old)} to ${JSON.stringify(now)}`] : [];
  });
}
