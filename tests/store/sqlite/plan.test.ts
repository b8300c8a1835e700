/**
 * What is done with the queue must not depend on how many jobs there are. SQLite says of every statement of the
 * catalogue, and of every list that can be asked for, how it finds its rows. A select may go through jobs or attempts,
 * or through all of a state or queue, only if they come in the order that is wanted and it stops at a limit; what has
 * to be sorted must be few. A `where` that no index answers is asked of one job after the other until the limit is
 * reached: the plan is the same, and the list may be long.
 */
import { afterAll, expect, it, vi } from "vitest";
import { parseWhere } from "../../../src/core/where/parse.js";
import { CompiledStatement } from "../../../src/store/compiled-statement.js";
import { JOB_ORDERS, type JobFilter } from "../../../src/store/contract/store.js";
import { catalogue } from "../../../src/store/sqlite/catalogue.js";
import { BURY, insert, processing, settle } from "../harness.js";
import { openSqliteHarness } from "./harness.js";
import { recordPlans, type Steps } from "./query-plans.js";

/** By the names that statements give them. All else is jobs and attempts. */
const SMALL_TABLES =
  /^SCAN (jsonb?_each|chunk|edge|ended|best|level|oldest|processes|settings|queues|job_counts|part|pair|candidate|reached|found|tag|word|sqlite_sequence|\d*CONSTANT ROW)\b/i;

/** Reads as much as there is. A search without an index is what is said of a minimum or maximum. */
const LONG_READ =
  /^SCAN |^SEARCH \w+$|USING (COVERING )?INDEX (jobs_by_state|jobs_by_update|jobs_due) \(state=\?( AND queue=\?)?\)/;

/** A range of an index by the first of two columns, where both were meant: it reads all that are alike in that one. */
const HALF_SEEK = /USING INDEX jobs_parked \([^(]*\w>\?/;

const EXCEPTIONS: readonly { readonly why: string; readonly sql: RegExp }[] = [
  { why: "there are as many processing jobs as slots", sql: /state = 'processing'/ },
  { why: "a list without a limit reads what it gives", sql: /LIMIT -1/ },
  {
    why: "a list in this order is asked for seldom; an index costs every insert",
    sql: /ORDER BY job\."(run_at|priority)"/,
  },
  { why: "for a progress bar, which allows it a twentieth of the time", sql: /state = 'failed' OR run_at <=/ },
  { why: "for a person who asks why a job waits; the index alone is read", sql: /\(run_at, seq\) < / },
  { why: "for a person who removes a policy", sql: /options ->> 'policy'/ },
  {
    why: "all that wait, when a job takes the place of another one that may have been waited for",
    sql: /WHERE child\.state = 'blocked'/,
  },
  { why: "the largest key is one seek", sql: /max\(seq\)/ },
];

const plans = recordPlans();
afterAll(() => vi.restoreAllMocks());

it("lists, counts and pages by every filter in every order", async () => {
  const { store, close } = await openSqliteHarness();
  const tags = ["a", "b"];
  await settle(store, await processing(store, { tags }), BURY, { kind: "failed", exitCode: 1 });
  await insert(store, { tags });
  for (const filter of everyFilter()) {
    const listed = (await store.jobs.list(filter)).length;
    let paged = 0;
    for await (const page of store.jobs.pages(filter, 1)) paged += page.length;
    expect(listed).toBeGreaterThan(0);
    expect([await store.jobs.count(filter), paged]).toEqual([listed, listed]);
  }
  await close();
});

it("looks at every statement of the catalogue", async () => {
  const { raw, close } = await openSqliteHarness();
  const leaves = [...leavesOf(catalogue)];
  for (const [, leaf] of leaves) if (leaf instanceof CompiledStatement) raw.prepare(leaf.text);
  await close();
  // What is no statement is a function. These make theirs of what is asked for; the lists above call them.
  const others = leaves.filter(([, leaf]) => !(leaf instanceof CompiledStatement)).map(([name]) => name);
  expect(others).toEqual([
    "insert.chunks",
    "insert.without",
    "insert.idsOf",
    "lists.find",
    "lists.count",
    "lists.seqs",
    "lists.findAmong",
  ]);
  expect(leaves.length).toBeGreaterThan(70);
});

it("nothing reads more than it needs", () => {
  const statements = [...plans].filter(([sql]) => /\b(jobs|attempts)\b/.test(sql));
  expect(statements.length).toBeGreaterThan(80 + 4 * 300);
  const wrong = statements
    .filter(([sql, selects]) => selects.some((steps) => isLong(steps, sql)))
    .map(([sql, selects]) => ({ sql: sql.replace(/\s+/g, " "), selects }))
    .filter(({ sql }) => !EXCEPTIONS.some((known) => known.sql.test(sql)));
  expect(wrong).toEqual([]);
});

it("counts by queue and state, and the dead-letter queue, without reading the jobs", async () => {
  const { raw, close } = await openSqliteHarness();
  const filters: JobFilter[] = [
    ...[{}, { queue: "a" }, { states: ["dead"] } as const, { queue: "a", states: ["dead"] } as const],
    { where: parseWhere("state=dead and queue=a", "") },
    { states: ["dead"], unacknowledged: true },
  ];
  for (const filter of filters) {
    const { text } = catalogue.lists.count({ ...filter, now: 0 }) as CompiledStatement<object, unknown>;
    raw.prepare(text);
    expect(plans.get(text)?.filter((steps) => isLong(steps, text))).toEqual([]);
  }
  await close();
});

it("would notice a statement that reads everything", async () => {
  const { raw, close } = await openSqliteHarness();
  const asked = ["SELECT max(priority) FROM jobs", "SELECT id FROM jobs ORDER BY run_at LIMIT 1"];
  for (const sql of asked) raw.prepare(sql);
  for (const sql of asked) expect(plans.get(sql)?.some((steps) => isLong(steps, sql))).toBe(true);
  await close();
});

function isLong(steps: Steps, sql: string): boolean {
  const reads = steps.some((step) => LONG_READ.test(step) && !SMALL_TABLES.test(step));
  const sorts = steps.some((step) => step.startsWith("USE TEMP B-TREE"));
  return steps.some((step) => HALF_SEEK.test(step)) || (reads && (sorts || !sql.includes("LIMIT")));
}

/** Of a catalogue, the statements and functions with their names. */
function* leavesOf(entries: object, above = ""): Generator<readonly [string, unknown]> {
  for (const [name, value] of Object.entries(entries)) {
    const isTheme = typeof value === "object" && !(value instanceof CompiledStatement);
    if (isTheme) yield* leavesOf(value, `${above}${name}.`);
    else yield [`${above}${name}`, value];
  }
}

function* everyFilter(): Generator<JobFilter> {
  for (const order of JOB_ORDERS)
    for (const reverse of [false, true])
      for (const states of [undefined, ["dead"], ["pending", "failed"], ["dead", "pending"]] as const)
        for (const queue of [{}, { queue: "default" }])
          for (const tags of [[], ["a"], ["a", "b"]])
            for (const where of [undefined, "age<1h and queue=default", "queue=default or tag~x"])
              for (const limit of [{}, { limit: 50 }])
                yield {
                  ...{ order, reverse, tags, ...queue, ...limit },
                  ...(states ? { states } : {}),
                  ...(where ? { where: parseWhere(where, "") } : {}),
                };
}
