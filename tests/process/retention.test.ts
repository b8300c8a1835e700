/** What the supervisor deletes by itself, and what it finds left behind. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

const ids = async () => (await box.json<{ id: string }[]>("list", "--limit", "0")).map(({ id }) => id);
const output = () => readdirSync(join(box.home, "output"));

it("deletes completed jobs when their retention is over, with their output, and keeps the others", async () => {
  await box.ok("config", "set", "retention", "0");
  await box.ok("enqueue", "--id", "done", "--command", "head -c 100000 /dev/zero");
  await box.ok("enqueue", "--id", "dead", "--max-retries", "1", "--command", "exit 1");
  await box.ok("enqueue", "--id", "later", "--delay", "1h", "--command", "true");
  await box.ok("worker", "start", "--drain");
  expect([await ids(), output().length]).toEqual([["done", "dead", "later"], 1]);

  await box.ok("config", "set", "retention", "500ms");
  const supervisor = await box.supervisor();
  await waitFor("the completed job to be gone", async () => !(await ids()).includes("done"));
  expect(await ids()).toEqual(["dead", "later"]);
  await waitFor("its output to be gone", () => output().length === 0);
  await waitFor("the log to say so", () => supervisor.stderr.includes("deleted 1 job that was completed"));
});

it("keeps completed jobs for ever with a retention of 0", async () => {
  await box.ok("config", "set", "retention", "0");
  await box.ok("enqueue", "--id", "gone", "--command", "true");
  await box.ok("enqueue", "--id", "kept", "--command", "true");
  await box.ok("worker", "start", "--drain");
  await box.ok("jobs", "delete", "gone");
  const leftover = join(box.home, "output", "1.out");
  writeFileSync(leftover, "x");
  await box.supervisor();
  // That this goes shows that the round has begun; a stop waits for its end.
  await waitFor("the leftover to be gone", () => !existsSync(leftover));
  await box.ok("worker", "stop");
  expect(await ids()).toEqual(["kept"]);
});

it("leaves alone what is not the output of a deleted attempt", async () => {
  await box.ok("enqueue", "--id", "gone", "--command", "true");
  await box.ok("worker", "start", "--drain");
  await box.ok("jobs", "delete", "gone");
  const folder = join(box.home, "output");
  for (const name of ["1.out", "2.out", "notes.txt", "x1.out"]) writeFileSync(join(folder, name), "x");
  mkdirSync(join(folder, "1.err"));
  await box.supervisor();
  await waitFor("the leftover to be gone", () => !output().includes("1.out"));
  await box.ok("worker", "stop");
  expect(output().sort()).toEqual(["1.err", "2.out", "notes.txt", "x1.out"]);
});
