import { expect, it } from "vitest";
import { parseWhere } from "../../../src/core/where/parse.js";
import { JOB_ORDERS, type JobFilter } from "../../../src/store/contract/store.js";
import { BURY, cancelJob, claim, insert, retryAfter, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

export function whereCases(current: Current): void {
  const listed = async (where: string, filter: JobFilter = {}) => {
    const { store } = current();
    const wanted = { ...filter, where: parseWhere(where, "--where"), defaultMaxRetries: 3 };
    const ids = (await store.jobs.list(wanted)).map(({ id }) => id);
    const paged: string[] = [];
    for await (const page of store.jobs.pages(wanted, 2)) paged.push(...page.map(({ id }) => id));
    expect(paged, where).toEqual(ids);
    expect(await store.jobs.count(wanted), where).toBe(ids.length);
    return ids.join(" ");
  };

  /** old: dead, an hour old. next: failed, gets 5 attempts. run: processing. list: scheduled, without a shell. */
  async function fourJobs(): Promise<void> {
    const { store, clock } = current();
    const due = clock.now();
    await insert(store, { id: "old", queue: "etl", command: "load it's", tags: ["a", "b"] });
    const [old] = await claim(store);
    if (old) await settle(store, old, BURY, { kind: "killed", signal: "SIGSEGV" });
    clock.advance(3_600_000);
    await insert(store, { id: "next", queue: "etl", maxRetries: 5, priority: -1 });
    const [next] = await claim(store);
    if (next) await settle(store, next, retryAfter(60_000), { kind: "failed", exitCode: 7 });
    await insert(store, { id: "run", tags: ["b", "o'k"] });
    await claim(store);
    await insert(store, { id: "list", command: ["load", "a%b", "it"], runAt: due + 7_200_000, priority: 9 });
    clock.advance(60_000);
  }

  it("lists by a where: every field, every operator", async () => {
    await fourJobs();
    const expected: Readonly<Record<string, string>> = {
      "state=dead": "old",
      "state!=dead": "next run list",
      "queue=etl": "old next",
      "queue~t": "old next run list",
      "queue!~tl": "run list",
      "tag=b": "old run",
      "tag!=b": "next list",
      "tag~k": "run",
      "tag!~b": "next list",
      'tag="o\'k"': "run",
      "id=run": "run",
      "id~n": "next run",
      "command~load": "old list",
      "command='load a%b it'": "list",
      "command~%": "list",
      'command="load it\'s"': "old",
      "priority<0": "next",
      "priority<=0": "old next run",
      "priority>0": "list",
      "priority>=0": "old run list",
      "priority=9": "list",
      "attempts>=1": "old next run",
      "max_retries=5": "next",
      "max_retries=3": "old run list",
      "exit_code=7": "next",
      "exit_code!=7": "old run list",
      "exit_code<8": "next",
      "not exit_code<8": "old run list",
      "signal=SIGSEGV": "old",
      "signal!=SIGSEGV": "next run list",
      "last_error~code": "next",
      "age<1h": "next run list",
      "age<=1m": "next run list",
      "age<1m": "",
      "age>60m": "old",
      "updated>=1h": "old",
      "created_at<2030-01-01T00:30:00Z": "old",
      "updated_at>=2030-01-01T00:30:00Z": "next run list",
      "run_at>2030-01-01T01:30:00Z": "list",
      "started_at>=2030-01-01T01:00:00Z": "next run",
      "finished_at>2020-01-01T00:00:00Z": "old",
      "not finished_at>2020-01-01T00:00:00Z": "next run list",
    };
    const found: Record<string, string> = {};
    for (const where of Object.keys(expected)) found[where] = await listed(where);
    expect(found).toEqual(expected);
  });

  it("joins the conditions of a where, and these with the rest of the filter, in every order and with a limit", async () => {
    await fourJobs();
    expect(await listed("state=dead or state=failed and priority<0")).toBe("old next");
    expect(await listed("(state=dead or state=failed) and priority=0")).toBe("old");
    expect(await listed("not (queue=etl or tag=b)")).toBe("list");
    expect(await listed("not not queue=etl and not state=dead")).toBe("next");
    expect(await listed("state=dead and state=failed")).toBe("");
    expect(await listed("queue=etl and queue=default")).toBe("");
    expect(await listed("tag=a and tag=b")).toBe("old");
    expect(await listed("state=dead and age>1h and tag=a and queue=etl")).toBe("old");
    expect(await listed("state=dead", { states: ["failed", "dead"] })).toBe("old");
    expect(await listed("state=dead", { states: ["failed"] })).toBe("");
    expect(await listed("queue=etl", { queue: "default" })).toBe("");
    expect(await listed("tag=b", { tags: ["a"] })).toBe("old");
    expect(await listed("age<1h", { tags: ["b"] })).toBe("run");
    for (const order of JOB_ORDERS) {
      const all = (await listed("priority!=9", { order })).split(" ");
      expect([...all].sort(), order).toEqual(["next", "old", "run"]);
      for (const limit of [1, 2]) {
        expect(await listed("priority!=9", { order, limit }), order).toBe(all.slice(0, limit).join(" "));
        expect(await listed("priority!=9", { order, limit, states: ["dead", "failed"] })).toBe(
          all
            .filter((id) => id !== "run")
            .slice(0, limit)
            .join(" "),
        );
      }
      expect(await listed("priority!=9", { order, reverse: true })).toBe([...all].reverse().join(" "));
    }
  });

  it("leaves out of later pages what a where no longer fits, by the time when the list began", async () => {
    const { store, clock } = current();
    await insert(store, { id: "a" }, { id: "b" }, { id: "c" });
    const seen: string[] = [];
    for await (const page of store.jobs.pages({ where: parseWhere("last_error!~x and age<1m", "") }, 1)) {
      seen.push(...page.map(({ id }) => id));
      await cancelJob(store, "b", "x");
      clock.advance(120_000);
    }
    expect(seen).toEqual(["a", "c"]);
  });
}
