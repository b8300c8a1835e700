/** Two homes that are given the same database. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Background } from "../support/background.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
let db: string;
const other = (...words: string[]) => box.run([...words, "--home", join(box.folder, "other"), "--db", db]);

beforeEach(() => {
  box = new Sandbox();
  db = join(box.folder, "shared.db");
});
afterEach(() => box.dispose());

describe("a database that a supervisor works on", () => {
  let first: Background;
  beforeEach(async () => {
    first = await box.supervisor("--db", db);
  });

  it("is refused to the supervisor of another home, which is told of the first: 6", async () => {
    for (const how of [["--detach"], ["--drain"]]) {
      const { code, stdout, stderr } = await other("worker", "start", ...how);
      expect({ code, stdout }).toEqual({ code: 6, stdout: "" });
      expect(stderr).toContain(
        `the supervisor of ${box.home} (pid ${first.pid}) works on ${db} already; a database has one home`,
      );
    }
    const listed = await box.json<{ pid: number }[]>("worker", "list", "--db", db);
    expect(listed).toHaveLength(1);
  });

  it("is found by the other worker commands of its home", async () => {
    expect(await box.json("worker", "list")).toHaveLength(1);
    expect(await box.ok("worker", "scale", "2")).toMatch(/^Scaled to 2 worker/);
    expect(await box.ok("worker", "restart")).toMatch(/^Restarted 2 worker/);
  });

  it("is not waited for by a stop for another home, which can stop nothing: 6", async () => {
    const { code, stderr } = await other("worker", "stop");
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: expect.stringContaining(`(pid ${first.pid}) works on ${db} already`),
    });
  });

  it("need not be said to the stop for its home", async () => {
    expect(await box.ok("worker", "stop")).toBe("Stopped 1 worker(s)\n");
    expect(await first.exited).toBe(0);
  });

  it("is free again when that one was killed", async () => {
    first.child.kill("SIGKILL");
    await first.exited;
    await waitFor("the other home's to begin", async () => (await other("worker", "start", "--drain")).code === 0);
  });
});
