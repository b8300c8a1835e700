/**
 * Takes out, one at a time, what the promises rest on, and demands that a test turns red: `node scripts/mutations.js
 * [PATTERN]`. With a pattern, only those whose name it matches.
 * Each mutation is made in a temporary copy of the tree, so that nothing here is touched. Ends with 1 if one survives, or
 * if the tests fail where nothing was taken out, since then their failing says nothing.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const COPIED = ["src", "supervisor", "tests", "scripts", "package.json", "tsconfig.json", "vitest.config.ts"];

const [PATTERN = ""] = process.argv.slice(2);

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are pieces of source. */
const ALL = [
  {
    name: "settle does not look at the fence",
    file: "src/store/sqlite/statements/settle-sql.ts",
    from: '${held(p("fence"))}',
    to: '${p("fence")} IS NOT NULL',
    tests: ["tests/store/sqlite/suite.test.ts", "tests/faults/silence.test.ts", "-t", "lease was taken away|settle"],
  },
  {
    name: "renew does not look at the fence",
    file: "src/store/sqlite/statements/leases-sql.ts",
    from: `AND state = 'processing' AND fence IN (SELECT value FROM json_each(\${p("fences")}))`,
    to: "AND state = 'processing'",
    tests: ["tests/store/sqlite/suite.test.ts", "tests/faults/store-model.test.ts"],
  },
  {
    name: "the launcher has no lifeline",
    file: "src/exec/launcher-script.ts",
    from: "(read -r line <&3",
    to: "(read -r line <&3; exit",
    tests: ["tests/exec/lifeline.test.ts"],
  },
  {
    name: "the lifeline kills its group alone",
    file: "src/exec/launcher-script.ts",
    from: "kill -s KILL $found",
    to: "break",
    tests: ["tests/exec/survivors.test.ts", "-t", "worker is killed"],
  },
  {
    name: "what a launcher adopts is left alone",
    file: "src/exec/processes/targets.ts",
    from: "return this.#reach !== null && this.#shell.isAlive;",
    to: "return this.#reach === undefined;",
    tests: ["tests/exec/survivors.test.ts"],
  },
  {
    name: "a process is dead when its main thread is",
    file: "src/system/process/table.ts",
    from: '(state === "Z" && threads <= 1)',
    to: '(state === "Z" && threads >= 0)',
    tests: ["tests/system/process/identity.test.ts"],
  },
  {
    name: "launchers of a dead worker are left alone",
    file: "src/exec/processes/orphans.ts",
    from: "endAll(launchers, table);",
    to: "await sleep(1);",
    tests: ["tests/exec/processes/orphans.test.ts"],
  },
  {
    name: "a fork of a launcher passes for its lifeline",
    file: "src/exec/processes/orphans.ts",
    from: "filter(({ pid }) => isReader(pid))",
    to: "filter(({ pid, pgid }) => pid !== pgid)",
    tests: ["tests/exec/processes/orphans.test.ts"],
  },
  {
    name: "a process is known by its pid alone",
    file: "src/system/process/identity.ts",
    from: "entry?.startTime === identity.startTime",
    to: "entry !== null",
    tests: ["tests/system/process/identity.test.ts", "tests/faults/identity.test.ts"],
  },
  {
    name: "a pid counts in every namespace",
    file: "src/system/process/identity.ts",
    from: "if (identity.pidNamespace !== pidNamespace())",
    to: "if (pidNamespace() === null)",
    tests: ["tests/system/process/identity.test.ts", "tests/faults/namespaces.test.ts"],
  },
  {
    name: "a boot does not end processes",
    file: "src/system/process/identity.ts",
    from: "if (identity.bootId !== bootId(procRoot)) return",
    to: "if (bootId(procRoot) === undefined) return",
    tests: ["tests/system/process/identity.test.ts", "tests/faults/identity.test.ts"],
  },
  {
    name: "a lock that is refused once is another supervisor",
    file: "supervisor/lock/single-instance.ts",
    from: "refusals >= REFUSALS && named",
    to: "named",
    tests: ["tests/supervisor/lock/single-instance.test.ts"],
  },
  {
    name: "silence counts while the supervisor itself was frozen",
    file: "supervisor/pure/lease-expiry.ts",
    from: "Math.max(seen.since, clocks.resumedAt)",
    to: "seen.since",
    tests: ["tests/supervisor/pure/lease-expiry.test.ts", "tests/faults/silence.test.ts", "-t", "frozen"],
  },
  {
    name: "a heartbeat that was heard before counts as one of a healthy worker",
    file: "supervisor/run/reaper.ts",
    from: "before.beats + (isOlder ? 0 : 1)",
    to: "before.beats + 1",
    tests: ["tests/supervisor/run/reaper.test.ts"],
  },
  {
    name: "a silent worker seems to live as long as its supervisor",
    file: "supervisor/run/heartbeats.ts",
    from: "ageMs: Math.round(now - heardAt)",
    to: "ageMs: Math.round(now - now)",
    tests: ["tests/supervisor/run/reaper.test.ts"],
  },
  {
    name: "the supervisor rests although leases are held",
    file: "supervisor/run/reaper.ts",
    from: "if (held.size === 0) this.#rest",
    to: "if (held.size >= 0) this.#rest",
    tests: ["tests/supervisor/run/reaper.test.ts"],
  },
  {
    name: "a poll rests after a claim that failed",
    file: "src/worker/poll.ts",
    from: "this.#seen = null;\n    this.#asked",
    to: "this.#asked",
    tests: ["tests/worker/poll.test.ts"],
  },
  {
    name: "what is written while a worker does not listen is lost on it",
    file: "src/store/sqlite/wake.ts",
    from: "this.#looks = 0;\n    this.#lookLater();\n  }\n\n  #unwatch",
    to: "}\n\n  #unwatch",
    tests: ["tests/store/sqlite/wake.test.ts"],
  },
  {
    name: "a gap of the supervisor's own is not seen",
    file: "supervisor/run/gap-watch.ts",
    from: "if (now - this.#lookedAt > GAP_MS)",
    to: "if (now < this.#lookedAt)",
    tests: ["tests/supervisor/run/gap-watch.test.ts"],
  },
  {
    name: "silence of workers counts after a gap of the supervisor's own",
    file: "supervisor/pure/sweep.ts",
    from: "const slept = now - state.sweptAt > GAP_MS;",
    to: "const slept = now < state.sweptAt;",
    tests: ["tests/supervisor/pure/transition.test.ts"],
  },
  {
    name: "USR1 opens the debugger",
    file: "src/boot/boot.ts",
    from: 'process.on("SIGUSR1", () => {});',
    to: "",
    tests: ["tests/process/debugger.test.ts"],
  },
  {
    name: "a home that others may write to is trusted",
    file: "src/home/trust.ts",
    from: "if ((mode & OTHERS_WRITE) === 0) return null;",
    to: "if ((mode & OTHERS_WRITE) >= 0) return null;",
    tests: ["tests/home/trust.test.ts"],
  },
  {
    name: "a directory above a home that others may write to is trusted",
    file: "src/home/trust.ts",
    from: "(mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0",
    to: "(mode & OTHERS_WRITE) >= 0",
    tests: ["tests/home/trust.test.ts"],
  },
  {
    name: "a link in the home is followed",
    file: "src/home/entries.ts",
    from: "return lstatSync(path, { throwIfNoEntry: false });",
    to: "return statSync(path, { throwIfNoEntry: false });",
    tests: ["tests/home/entries.test.ts"],
  },
  {
    name: "a database that was pulled away is not noticed",
    file: "src/store/sqlite/identity.ts",
    from: "return fileIdentity(path) !== opened;",
    to: "return fileIdentity(path) === opened && false;",
    tests: ["tests/store/sqlite/replaced.test.ts"],
  },
  {
    name: "a keeper leaves at any conflict",
    file: "supervisor/control/keeper.ts",
    from: '[ -n "$restarted" ] || exit',
    to: "exit",
    tests: ["tests/supervisor/control/keeper.test.ts"],
  },
  {
    name: "a keeper starts what dies young without end",
    file: "supervisor/control/keeper.ts",
    from: "[ $kills -lt 10 ]",
    to: "[ $kills -lt 1000 ]",
    tests: ["tests/supervisor/control/keeper.test.ts"],
  },
  {
    name: "the pool of a killed supervisor is free",
    file: "supervisor/lock/single-instance.ts",
    from: "if (keeper === null) return { pool, lock };",
    to: "if (keeper !== undefined) return { pool, lock };",
    tests: ["tests/supervisor/lock/single-instance.test.ts"],
  },
  {
    name: "a killed worker waits as after a crash",
    file: "supervisor/pure/restart-intensity.ts",
    from: 'return now - worker.readyAt >= PROVEN_MS ? "blameless" : "tolerated";',
    to: 'return "crash";',
    tests: ["tests/supervisor/pure/transition.test.ts"],
  },
  {
    name: "a worker that is killed at its start is replaced without end",
    file: "supervisor/pure/restart-intensity.ts",
    from: "return crashes.length <= KILLS_WITHOUT_DELAY;",
    to: "return crashes.length >= 0;",
    tests: ["tests/supervisor/pure/transition.test.ts"],
  },
  {
    name: "an attempt is not charged when it is claimed",
    file: "src/store/sqlite/statements/claim-sql.ts",
    from: "attempts = attempts + 1, runs",
    to: "attempts = attempts, runs",
    tests: ["tests/store/sqlite/suite.test.ts", "tests/faults/store-model.test.ts"],
  },
  {
    name: "a job that never began is charged when its worker dies",
    file: "src/attempt/begun.ts",
    from: "return !ahead || pid !== null || hasOutput;",
    to: "return !ahead || pid !== null || hasOutput || ahead;",
    tests: ["tests/attempt/begun.test.ts", "tests/supervisor/run/reaper.test.ts", "tests/faults/ahead.test.ts"],
  },
  {
    name: "an undone claim is charged",
    file: "src/store/sqlite/statements/leases-sql.ts",
    from: "attempts = max(attempts - 1, 0), runs",
    to: "attempts = max(attempts, 0), runs",
    tests: ["tests/store/sqlite/suite.test.ts", "tests/faults/store-model.test.ts", "-t", "undo|model"],
  },
  {
    name: "what lies ready too long stays there",
    file: "src/worker/ahead/jobs-ahead.ts",
    from: "const stale = this.#withdraw((one) => this.#isStale(one));",
    to: "const stale = this.#withdraw((one) => this.#isStale(one) && all);",
    tests: ["tests/worker/ahead"],
  },
  {
    name: "what lies ready begins however late",
    file: "src/worker/ahead/jobs-ahead.ts",
    from: "(one) => this.#isStale(one) || !this.#wasLookedAt(one, LOOK_LASTS_MS)",
    to: "(one) => !this.#wasLookedAt(one, 100 * LOOK_LASTS_MS)",
    tests: ["tests/worker/ahead"],
  },
  {
    name: "a drain keeps what lies ready",
    file: "src/worker/ahead/jobs-ahead.ts",
    from: "if (all) this.#withdraw(() => true);",
    to: "",
    tests: ["tests/worker/ahead"],
  },
  {
    name: "a job of a limited queue is claimed ahead",
    file: "src/store/shared/claim.ts",
    from: "ahead && rooms.isLimited(candidate.queue) ?",
    to: "ahead && rooms.isFull(candidate.queue) ?",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "ahead"],
  },
  {
    name: "a schedule is fired from wherever it is",
    file: "src/store/sqlite/statements/schedules-sql.ts",
    from: 'AND paused = 0 AND next_at IS ${p("from")} AND updated_at = ${p("updatedAt")}',
    to: "",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "schedules"],
  },
  {
    name: "a repeated settlement is not known again",
    file: "src/store/shared/settle.ts",
    from: "row !== null || (yield* isRecorded(writing, settlement))",
    to: "row !== null",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite settle"],
  },
  {
    name: "an end with another error passes for the recorded one",
    file: "src/store/sqlite/statements/settle-sql.ts",
    from: 'AND error IS ${p("error")} AND result',
    to: "AND result",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite fences"],
  },
  {
    name: "no job moves up for one that is cancelled",
    file: "src/store/shared/jobs/changes.ts",
    from: "yield* withoutWaiting(writing, ids, () => sql.changes.cancelWaiting.all({ ids, error, now }))",
    to: "yield* sql.changes.cancelWaiting.all({ ids, error, now })",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite limits"],
  },
  {
    name: "one job moves up for all that end",
    file: "src/store/shared/limits/parking.ts",
    from: "unparkBest.run({ limitKey, count })",
    to: "unparkBest.run({ limitKey, count: Math.min(count, 1) })",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite limits"],
  },
  {
    name: "a job that dies because of another one has no hooks",
    file: "src/store/shared/graph/dependencies.ts",
    from: "yield* enqueueHooks(writing, dead);",
    to: "yield* enqueueHooks(writing, []);",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite hooks"],
  },
  {
    name: "commands outlive their supervisor",
    file: "src/store/sqlite/migrations/0001-initial.ts",
    from: "supervisor_id TEXT NOT NULL REFERENCES processes (id) ON DELETE CASCADE",
    to: "supervisor_id TEXT NOT NULL",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite processes"],
  },
  {
    name: "a worker keeps jobs of which it never heard",
    file: "src/worker/leases/lost-claims.ts",
    from: "filter(({ fence }) => !knows(fence))",
    to: "filter(({ fence }) => !knows(fence) && fence < 0)",
    tests: ["tests/worker/worker.test.ts"],
  },
  {
    name: "a worker that cannot start on a full disk has crashed",
    file: "supervisor/pure/worker-exit.ts",
    from: "exit.code === WORKER_EXIT.shortage",
    to: "exit.code === -1",
    tests: ["tests/supervisor/pure/transition.test.ts"],
  },
  {
    name: "a locked database is not waited for",
    file: "src/store/sqlite/connection.ts",
    from: "this.#database.inTransaction || !isBusy(error)",
    to: "this.#database.inTransaction || isBusy(error)",
    tests: ["tests/store/sqlite/busy.test.ts"],
  },
  {
    name: "work does not hear of a statement that fails",
    file: "src/store/sqlite/connection.ts",
    from: "next = work.throw(error);",
    to: "throw error;",
    tests: ["tests/store/sqlite/connection.test.ts"],
  },
  {
    name: "a claimed job is not as it is stored",
    file: "src/store/shared/rows.ts",
    from: "started_at: row.updated_at,",
    to: "started_at: row.created_at,",
    tests: ["tests/store/sqlite/suite.test.ts", "-t", "SQLite claim"],
  },
  {
    name: "a job's PATH says which nice launches it",
    file: "src/exec/resources.ts",
    from: '`"$1" -n ${nice} `',
    to: "`nice -n ${nice} `",
    tests: ["tests/exec/resources.test.ts", "-t", "nice and env"],
  },
  {
    name: "what reads a shell's state runs in a launcher's fork",
    file: "src/exec/plain-command.ts",
    from: "|| OF_A_SHELL.has(name)",
    to: '|| name === ""',
    tests: ["tests/exec/plain-command.test.ts", "-t", "is the same with"],
  },
  {
    name: "a quoted expansion is plain",
    file: "src/exec/plain-command.ts",
    from: '[^"\\\\$\\x60\\0]',
    to: '[^"\\\\\\x60\\0]',
    tests: ["tests/exec/plain-command.test.ts", "-t", "is the same with"],
  },
  {
    name: "a job's own IFS and PWD do not count",
    file: "src/exec/plain-command.ts",
    from: "if (SEEN_BY_SHELLS.test(variable) || SEEN_AT_START.test(variable)) return false;",
    to: "if (SEEN_AT_START.test(variable)) return false;",
    tests: ["tests/exec/plain-command.test.ts", "-t", "is the same with"],
  },
  {
    name: "a job's LD_PRELOAD does not count",
    file: "src/exec/plain-command.ts",
    from: "if (SEEN_BY_SHELLS.test(variable) || SEEN_AT_START.test(variable)) return false;",
    to: "if (SEEN_BY_SHELLS.test(variable)) return false;",
    tests: ["tests/exec/plain-command.test.ts", "-t", "is the same with"],
  },
  {
    name: "a plain command's complaint counts the launcher's lines",
    file: "src/exec/launcher-script.ts",
    from: "return `${definition}exec 2>&1",
    to: "return `\n${definition}exec 2>&1",
    tests: ["tests/exec/plain-command.test.ts", "-t", "is the same with"],
  },
];
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above. */
const MUTATIONS = ALL.filter(({ name }) => new RegExp(PATTERN).test(name));
if (MUTATIONS.length === 0) throw new Error(`no mutation's name matches ${PATTERN}`);

const copy = mkdtempSync(join(tmpdir(), "queuectl-mutations-"));
try {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const suites = [...new Set(MUTATIONS.flatMap(({ tests }) => tests.filter((word) => word.startsWith("tests/"))))];
  const sound = run(suites);
  console.log(`nothing taken out: ${sound.length === 0 ? "all tests pass" : `RED: ${sound.join("; ")}`}`);
  const survivors = sound.length === 0 ? MUTATIONS.filter((mutation) => !isNoticed(mutation)) : MUTATIONS;
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function isNoticed({ name, file, from, to, tests }) {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (source.split(from).length !== 2) throw new Error(`${file} does not contain exactly once: ${from}`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const red = run(tests);
  writeFileSync(path, source);
  console.log(`${name}: ${red.length === 0 ? "SURVIVES" : `noticed by ${red.length} test(s), first: ${red[0]}`}`);
  return red.length > 0;
}

/** The names of the tests that fail. */
function run(tests) {
  for (const flags of [[], ["--faults"]]) must(process.execPath, "scripts/build.js", ...flags);
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  spawnSync(process.execPath, [vitest, "run", "--reporter=json", `--outputFile=${report}`, ...tests], {
    cwd: copy,
    stdio: "ignore",
  });
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
}

function must(...command) {
  const { status, stderr } = spawnSync(command[0], command.slice(1), { cwd: copy, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
}
