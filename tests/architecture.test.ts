/** The table of who may import whom, and the other promises that the structure makes. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Imports point down only: each room may import the rooms named here, and itself. docs/architecture.md draws them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  system: ["core"],
  store: ["core", "system"],
  config: ["core"],
  home: ["core", "system", "store"],
  exec: ["core", "system"],
  webhook: ["core"],
  observe: ["core", "store"],
  attempt: ["core", "system", "store", "config", "home", "exec"],
  // Of supervisor and worker only what the tests below allow.
  worker: ["core", "system", "store", "config", "home", "exec", "observe", "attempt"],
  queue: ["core", "system", "store", "config", "home", "attempt"],
  json: ["core", "system", "config", "queue"],
  logs: ["core", "home", "attempt", "queue"],
  doctor: ["core", "system", "store", "home", "queue"],
  supervisor: ["core", "system", "store", "config", "home", "observe", "attempt", "worker", "queue"],
  index: ["core", "store", "config", "home", "queue"],
  cli: ["core", "system", "config", "home", "queue", "json", "logs", "doctor", "webhook", "supervisor"],
  boot: ["worker", "cli"],
};

/** The lock of a home is a transaction of SQLite that is never committed, whatever the database of the jobs is. */
const LOCK = "src/system/exclusive-lock.ts";
/** Loads the native part of better-sqlite3, for the lock and for the store. */
const SQLITE_MODULE = "src/system/sqlite-module.ts";

/** Loads the driver of PostgreSQL. */
const POSTGRES_CLIENT = "src/store/postgres/connection/client.ts";

/** Who may ask for the wall clock: the clock itself, and the signature that a receiver checks against its own wall clock. */
const WALL_CLOCK = ["src/core/clock.ts", "src/webhook/send.ts"];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
}

const files = ["src", "supervisor"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

const imports: Import[] = files.flatMap(({ path, text }) =>
  [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"([^"]+)"/g)].map((match) => {
    const target = match[1] as string;
    const to = target.startsWith(".")
      ? relative(ROOT, join(ROOT, dirname(path), target)).replace(/\.js$/, ".ts")
      : target;
    return { from: path, to, dynamic: match[0].startsWith("import(") };
  }),
);

/** The folder below src, or the file there; all of supervisor/ is one room. */
function roomOf(path: string): string {
  if (path.startsWith("supervisor/")) return "supervisor";
  return (path.split("/")[1] ?? path).replace(/\.ts$/, "");
}

describe("imports", () => {
  it("point down only", () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith("src/") || to.startsWith("supervisor/"))
      .filter(({ from, to }) => roomOf(from) !== roomOf(to) && !MAY_IMPORT[roomOf(from)]?.includes(roomOf(to)));
    expect(wrong).toEqual([]);
  });

  it("let the supervisor know of the worker only its protocol and where it begins", () => {
    const used = imports.filter(({ from, to }) => roomOf(from) === "supervisor" && roomOf(to) === "worker");
    expect([...new Set(used.map(({ to }) => to))]).toEqual(["src/worker/protocol.ts"]);
  });

  it("reach the supervisor from the worker commands and doctor alone, and only when they run", () => {
    const used = imports.filter(({ from, to }) => roomOf(from) !== "supervisor" && roomOf(to) === "supervisor");
    const allowed = /^src\/cli\/commands\/(worker\/|doctor\.ts$)/;
    expect(used.filter(({ from, dynamic }) => !dynamic || !allowed.test(from))).toEqual([]);
  });

  it("keep the database below src/store", () => {
    const used = imports.filter(({ to }) => ["better-sqlite3", "kysely"].includes(to));
    const allowed = (path: string) => path.startsWith("src/store/") || path === LOCK || path === SQLITE_MODULE;
    expect(used.filter(({ from }) => !allowed(from))).toEqual([]);
  });

  it("load the driver of PostgreSQL in one place, and only when it connects", () => {
    const used = imports.filter(({ to }) => to === "pg");
    const text = files.find(({ path }) => path === POSTGRES_CLIENT)?.text ?? "";
    expect([...new Set(used.map(({ from }) => from))]).toEqual([POSTGRES_CLIENT]);
    expect(text).toMatch(/^import type [^;]*"pg";/m);
    expect(text).not.toMatch(/^import (?!type\b)[^;]*"pg"/m);
  });

  it("load better-sqlite3 in one place, which says why it does not load", () => {
    const loading = /^import (?!type\b)[^;]*"better-sqlite3"/m;
    expect(files.filter(({ text }) => loading.test(text)).map(({ path }) => path)).toEqual([SQLITE_MODULE]);
  });

  it("reach a kind of database by opening or inspecting it, and in no other way", () => {
    const doors = (kind: string) =>
      imports.filter(({ from, to }) => to.startsWith(kind) && !from.startsWith(kind)).map(({ from }) => from);
    const opening = ["src/store/inspect.ts", "src/store/open.ts"];
    expect([...new Set(doors("src/store/sqlite/"))].sort()).toEqual(opening);
    expect([...new Set(doors("src/store/postgres/"))].sort()).toEqual([opening[0], "src/store/migrate.ts", opening[1]]);
  });

  it("reach the store behind a client in src/queue and in the supervisor alone", () => {
    const used = files.filter(({ text }) => /\bcontextOf\b/.test(text)).map(({ path }) => path);
    expect(used.filter((path) => !/^(src\/queue|supervisor)\//.test(path))).toEqual([]);
    expect(used.length).toBeGreaterThan(1);
  });

  it("keep the store's contract and logic apart from every database", () => {
    const databases = (to: string) =>
      /^src\/store\/(sqlite|postgres)\//.test(to) || ["better-sqlite3", "pg", "kysely"].includes(to);
    const of = (folder: string) => imports.filter(({ from }) => from.startsWith(`src/store/${folder}/`));
    expect(of("shared").filter(({ to }) => databases(to))).toEqual([]);
    expect(of("contract").filter(({ to }) => databases(to) || to.startsWith("src/store/shared/"))).toEqual([]);
    expect(of("shared").length).toBeGreaterThan(0);
    expect(of("contract").length).toBeGreaterThan(0);
  });

  it("keep what is heavy out of the way of a short command", () => {
    const heavy = ["pino", "pino-pretty", "string-width", "cli-progress", "proper-lockfile", "tree-kill"];
    const eager = imports.filter(({ from, to, dynamic }) => roomOf(from) === "cli" && heavy.includes(to) && !dynamic);
    expect(eager).toEqual([]);
  });
});

describe("the live view", () => {
  it("is loaded by its command alone, when it runs", () => {
    const used = imports.filter(({ from, to }) => to.startsWith("src/cli/top/") && !from.startsWith("src/cli/top/"));
    expect(used.filter(({ from, dynamic }) => !dynamic || from !== "src/cli/commands/top.ts")).toEqual([]);
    expect(used.length).toBeGreaterThan(0);
  });
});

describe("files", () => {
  it("stay small: none over 300 lines, half of them at most 80", () => {
    const lengths = files.map(({ text }) => text.split("\n").length).sort((a, b) => a - b);
    expect(lengths.at(-1)).toBeLessThanOrEqual(300);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(80);
  });

  it("lie at most sixteen side by side, so that a folder can be read at a glance", () => {
    const folders = new Map<string, number>();
    for (const { path } of files) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1);
    expect(folders.size).toBeGreaterThan(30);
    expect([...folders].filter(([, count]) => count > 16)).toEqual([]);
  });

  it("take the time from the store's clock, which stored times are compared with", () => {
    const asking = files.filter(({ text }) => /\bDate\.now\(|new Date\(\)/.test(text)).map(({ path }) => path);
    expect(asking.sort()).toEqual(WALL_CLOCK);
  });

  it("hold no SQL outside src/store", () => {
    const sql = /\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA \w+)\b/;
    const allowed = (path: string) => path.startsWith("src/store/") || path === LOCK;
    expect(files.filter(({ path, text }) => !allowed(path) && sql.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

/** A generator that is called and not driven does nothing, and neither the type checker nor the linter objects. */
describe("the logic of the store", () => {
  const ownStatement = /^ *(?!yield\*|await|return|const|let|throw|if|for|\w+\.push\()[\w.]+\((.*\bwriting\b|\{).*\);$/;
  const awaited =
    /\bawait (?!connection\.(run|write|writeUnsynced)\(|fast\.turn\(|claim(Jobs|More)\(|staging\.|options\.|get\(name\)|\(const )/;
  const isLost = (line: string) => ownStatement.test(line) || awaited.test(line);

  it("drives what it calls: no statement is dropped, or awaited like a promise", () => {
    const lines = files
      .filter(({ path }) => path.startsWith("src/store/shared/"))
      .flatMap(({ path, text }) => text.split("\n").map((line) => ({ path, line: line.trim() })));
    expect(lines.length).toBeGreaterThan(2000);
    expect(lines.filter(({ line }) => isLost(line))).toEqual([]);
  });

  it.each([
    "sql.dependencies.unblock.run({ children, now });",
    "afterEnd(writing, ids);",
    "await sql.park.run({ seq });",
    "const row = await settle(writing, settlement);",
  ])("would be seen not to drive %s", (line) => {
    expect(isLost(line)).toBe(true);
  });
});

describe("the ends of jobs", () => {
  const assignment = /\bUPDATE (?:OR IGNORE )?jobs\b[^`]*?\bSET\b(?:(?!\bWHERE\b)[^`])*?\bstate = ('\w+'|\$\{)[^`]*/g;
  const moves = files
    .filter(({ path }) => path.startsWith("src/store/"))
    .flatMap(({ path, text }) => [...text.matchAll(assignment)].map(([sql, to]) => ({ path, sql, to })));
  const WITHOUT_HOOKS = ["'blocked'", "'pending'", "'processing'", "'cancelled'"];

  it("that have hooks are written by settle and bury alone, which return the hooks", () => {
    expect(moves.length).toBeGreaterThan(7);
    const ends = moves.filter(({ to }) => !WITHOUT_HOOKS.includes(to as string));
    expect(ends.map(({ path, to }) => `${path} ${to}`).sort()).toEqual(
      ["postgres", "sqlite"].flatMap((kind) => [
        `src/store/${kind}/statements/dependencies-sql.ts 'dead'`,
        // The event's own state: one statement for each event that ends an attempt.
        `src/store/${kind}/statements/settle-sql.ts \${`,
      ]),
    );
    for (const { path, sql } of ends) expect(sql, path).toMatch(/RETURNING\b.*\$\{hookColumns\}/);
  });

  it("leave behaviour out of triggers: these keep counts and tags", () => {
    const triggers = files.flatMap(({ text }) => [...text.matchAll(/CREATE TRIGGER (\w+)/g)].map(([, name]) => name));
    expect(triggers.sort()).toEqual([
      ...["jobs_count_delete", "jobs_count_insert", "jobs_count_update"],
      ...["jobs_deleted", "jobs_inserted"],
      ...["jobs_tag_delete", "jobs_tag_insert"],
      "jobs_updated",
    ]);
  });
});
