import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMPLETE, claim, large, newJob, settle, short } from "../store/harness.js";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(async () => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** One job of each kind: done, dead, gone (cancelled), waits, runs. */
async function fiveJobs(): Promise<void> {
  await cli.ended("done", { kind: "succeeded" });
  await cli.ended("dead", { kind: "failed", exitCode: 1 });
  await cli.ok("enqueue", "--id", "gone", "--command", "x");
  await cli.ok("cancel", "gone");
  await cli.claim("runs");
  await cli.ok("enqueue", "--id", "waits", "--command", "x");
}

describe("prune", () => {
  it.each<[string[], string, string[]]>([
    [["--state", "completed"], "Deleted 1 job\n", ["dead", "gone", "runs", "waits"]],
    [["--older-than", "0"], "Deleted 1 job\n", ["dead", "gone", "runs", "waits"]],
    [["--state", "dead,cancelled", "--yes"], "Deleted 2 jobs\n", ["done", "runs", "waits"]],
    [["--state", "dead", "--state", "completed"], "Deleted 2 jobs\n", ["gone", "runs", "waits"]],
  ])("deletes: %j", async (flags, says, left) => {
    await fiveJobs();
    expect(await cli.ok("prune", ...flags, "-y")).toBe(says);
    expect(await cli.ids()).toEqual(left);
  });

  it("deletes dead jobs whose end was told, which are not in the dead-letter queue", async () => {
    await cli.ended("told", { kind: "failed", exitCode: 1 });
    await cli.inside(async (_, store) => {
      await store.jobs.acknowledge("told", (await store.jobs.get("told"))?.fence ?? 0);
    });
    expect(await cli.ok("dlq", "list")).toBe("No dead jobs\n");
    expect(await cli.ok("prune", "--state", "dead", "-y")).toBe("Deleted 1 job\n");
    expect(await cli.ids()).toEqual([]);
  });

  it("says with --dry-run what would go, and asks nobody", async () => {
    await fiveJobs();
    expect(await cli.ok("prune", "--state", "dead,completed", "--dry-run")).toBe("Would delete 2 jobs\n");
    expect(await cli.json("prune", "--state", "dead", "--dry-run")).toEqual({ would_delete: 1 });
    expect((await cli.ids()).length).toBe(5);
    expect(await cli.json("prune", "--state", "dead", "-y")).toEqual({ deleted: 1 });
  });

  it("deletes the history and the output files", async () => {
    const fence = await cli.claim("big");
    const file = join("output", `${fence}.out`);
    await cli.inside(async (_, store) => {
      const output = { stdout: large(store, file), stderr: short("x"), host: null };
      await settle(store, { id: "big", fence }, COMPLETE, { kind: "succeeded" }, { output });
    });
    mkdirSync(join(cli.home, "output"), { recursive: true });
    writeFileSync(join(cli.home, file), "x");
    await cli.ok("prune", "--state", "completed", "-y");
    expect(existsSync(join(cli.home, file))).toBe(false);
    expect(await cli.fails(3, ["show", "big"])).toMatch(/^no job has the id "big"/);
  });

  it("goes through more jobs than fit into a batch", async () => {
    await cli.inside(async (_, store) => {
      await store.jobs.insert([Array.from({ length: 1201 }, () => newJob())]);
      await store.leases.settle(
        (await claim(store, { limit: 1201 })).map(({ id, fence }) => {
          return { jobId: id, fence, outcome: { kind: "succeeded" }, decision: COMPLETE } as const;
        }),
      );
    });
    expect(await cli.ok("prune", "--state", "completed", "-y")).toBe("Deleted 1201 jobs\n");
    expect(await cli.ids()).toEqual([]);
  });

  it.runIf(existsSync("/usr/bin/script"))("asks on a terminal, and takes nothing but yes for yes", async () => {
    await fiveJobs();
    const answer = (text: string) =>
      cli.shell(`printf '${text}' | script -qec "$QUEUECTL prune --state dead,cancelled" /dev/null`);
    for (const text of ["n\\n", "\\n", "yess\\n", ""]) {
      const { code, stdout } = await answer(text);
      expect([code, stdout], text).toEqual([1, expect.stringContaining("Nothing was deleted")]);
    }
    expect((await cli.ids()).length).toBe(5);
    const { code, stdout } = await answer("y\\n");
    expect(stdout).toMatch(/Delete 2 jobs with history and output\? \[y\/N\] .*Deleted 2 jobs/s);
    expect([code, await cli.ids()]).toEqual([0, ["done", "runs", "waits"]]);
  });

  it("takes nothing that ended more recently, and says when nothing matches", async () => {
    await fiveJobs();
    expect(await cli.ok("prune", "--older-than", "1h", "-y")).toBe("No job to delete\n");
    expect(await cli.ok("prune", "--older-than", "1h", "--dry-run")).toBe("No job to delete\n");
    expect(await cli.json("prune", "--older-than", "1h", "-y")).toMatchObject({ deleted: 0 });
    expect((await cli.ids()).length).toBe(5);
  });

  it.each<[string[], RegExp]>([
    [["-y"], /^queuectl prune needs --state or --older-than; for example: /],
    [["--dry-run"], /^queuectl prune needs --state or --older-than/],
    [["--state", "completed"], /^queuectl prune needs -y without a terminal; --dry-run /],
    [["--state", "processing", "-y"], /^--state is processing; only completed, dead and cancelled jobs can be pruned$/],
    [["--state", "completed,pending", "-y"], /^--state is pending; /],
    [["--state", "complete", "-y"], /^--state cannot be "complete"; did you mean completed\?$/],
    [["--older-than", "soon", "-y"], /^--older-than is "soon"/],
    [["done", "-y"], /^unexpected argument "done"/],
  ])("refuses %j and deletes nothing", async (flags, message) => {
    await cli.ended("done", { kind: "succeeded" });
    expect(await cli.fails(2, ["prune", ...flags])).toMatch(message);
    expect(await cli.ids()).toEqual(["done"]);
  });
});
