/** The table of who may import whom, and the other promises that the structure makes. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Imports point down only: each part may import the parts named here, and itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/core": [],
  "src/stored-policies": ["src/core"],
  "src/config": ["src/core", "src/stored-policies"],
  "src/make-directory": [],
  "src/current-directory": ["src/core"],
  "src/home": ["src/core", "src/make-directory", "src/current-directory"],
  "src/store": ["src/core", "src/make-directory"],
  "src/exec": ["src/core"],
  "src/observe": ["src/core", "src/store"],
  "src/attempt-files": ["src/core", "src/home", "src/store", "src/exec"],
  "src/reclaim": ["src/core", "src/config", "src/home", "src/store", "src/exec", "src/attempt-files"],
  "src/worker": ["src/core", "src/config", "src/home", "src/store", "src/exec", "src/observe", "src/attempt-files"],
  "src/cancellation": ["src/core", "src/store", "src/exec", "src/reclaim"],
  "src/status": ["src/core", "src/config", "src/store", "src/exec"],
  "src/explain": ["src/core", "src/config", "src/home", "src/store", "src/status"],
  "src/waiting": ["src/core", "src/store"],
  "src/job-reference": ["src/core", "src/store"],
  "src/resolved-job": ["src/core", "src/config", "src/store"],
  "src/changed-job": ["src/core", "src/store", "src/job-reference"],
  "src/editing": ["src/core", "src/store", "src/changed-job"],
  "src/pruning": ["src/home", "src/store"],
  "src/enqueuing": ["src/core", "src/home", "src/store", "src/job-reference", "src/policies"],
  "src/queues": ["src/core", "src/store"],
  "src/policies": ["src/core", "src/store", "src/stored-policies"],
  "src/schedules": ["src/core", "src/store", "src/policies", "src/current-directory"],
  "src/queue": [
    ...["src/core", "src/config", "src/home", "src/store", "src/current-directory"],
    ...["src/cancellation", "src/status", "src/explain", "src/waiting", "src/pruning", "src/schedules"],
    ...[
      "src/changed-job",
      "src/job-reference",
      "src/resolved-job",
      "src/editing",
      "src/policies",
      "src/queues",
      "src/enqueuing",
    ],
  ],
  "src/index": ["src/core", "src/config", "src/store", "src/status", "src/explain", "src/schedules", "src/queue"],
  "src/doctor": ["src/core", "src/home", "src/store", "src/exec", "src/pruning"],
  "src/webhook": ["src/core"],
  // Of src/worker only what the next test allows.
  supervisor: [
    ...["src/core", "src/config", "src/home", "src/store", "src/exec", "src/observe", "src/worker"],
    ...["src/pruning", "src/schedules", "src/reclaim"],
  ],
  // Of supervisor/ only what the test after it allows.
  "src/program": ["src/worker", "src/cli"],
  // The type of what it loads.
  "src/boot": ["src/program"],
  "src/cli": [
    ...["src/core", "src/config", "src/home", "src/store", "src/queue", "src/status", "src/changed-job"],
    ...["src/doctor", "src/webhook", "src/schedules", "supervisor"],
  ],
};

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

/** The folder below src, or the file there; all of supervisor/ is one part. */
function partOf(path: string): string {
  if (path.startsWith("supervisor/")) return "supervisor";
  return (/^src\/[^/]+/.exec(path)?.[0] ?? path).replace(/\.ts$/, "");
}

describe("imports", () => {
  it("point down only", () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith("src/") || to.startsWith("supervisor/"))
      .filter(({ from, to }) => partOf(from) !== partOf(to) && !MAY_IMPORT[partOf(from)]?.includes(partOf(to)));
    expect(wrong).toEqual([]);
  });

  it("let the supervisor know of the worker only its protocol and where it begins", () => {
    const used = imports.filter(({ from, to }) => partOf(from) === "supervisor" && partOf(to) === "src/worker");
    expect([...new Set(used.map(({ to }) => to))]).toEqual(["src/worker/protocol.ts"]);
  });

  it("reach the supervisor from the worker commands and doctor alone, and only when they run", () => {
    const used = imports.filter(({ from, to }) => partOf(from) !== "supervisor" && partOf(to) === "supervisor");
    const allowed = /^src\/cli\/commands\/(worker\/|doctor\.ts$)/;
    expect(used.filter(({ from, dynamic }) => !dynamic || !allowed.test(from))).toEqual([]);
  });

  it("keep the database below src/store", () => {
    const used = imports.filter(({ to }) => ["better-sqlite3", "kysely"].includes(to));
    expect(used.filter(({ from }) => !from.startsWith("src/store/"))).toEqual([]);
  });

  it("keep what is heavy out of the way of a short command", () => {
    const heavy = ["pino", "pino-pretty", "string-width", "cli-progress", "proper-lockfile", "tree-kill"];
    const eager = imports.filter(
      ({ from, to, dynamic }) => partOf(from) === "src/cli" && heavy.includes(to) && !dynamic,
    );
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

  it("hold no SQL outside src/store", () => {
    const sql = /\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA \w+)\b/;
    const allowed = (path: string) => path.startsWith("src/store/");
    expect(files.filter(({ path, text }) => !allowed(path) && sql.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
