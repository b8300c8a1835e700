/** What a real job leaves for its queue while it runs and when it ends. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PROGRAM } from "../support/program.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

const QUEUECTL = `${process.execPath} ${PROGRAM}`;

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

const left = () => readdirSync(join(box.home, "output"));

async function drained(id: string, command: string, ...flags: string[]) {
  await box.ok("enqueue", "--id", id, "--max-retries", "1", ...flags, "--command", command);
  await box.ok("worker", "start", "--drain");
  expect(left()).toEqual([]);
  return box.show(id);
}

it("a job's result is what it wrote, and the file is gone", async () => {
  const job = await drained("a", `echo '{"rows": [1, 2]}' > "$QUEUECTL_RESULT_FILE"; echo no > "$QUEUECTL_ERROR_FILE"`);
  expect(job).toMatchObject({
    state: "completed",
    last_error: null,
    result: { rows: [1, 2] },
    history: [{ error: null, result: { rows: [1, 2] } }],
  });
});

it("a job that fails says why in its own words, and its result is kept", async () => {
  const job = await drained(
    "a",
    `echo 1 > "$QUEUECTL_RESULT_FILE"; echo "disk on fire" > "$QUEUECTL_ERROR_FILE"; exit 9`,
  );
  expect(job).toMatchObject({
    state: "dead",
    exit_code: 9,
    last_error: "disk on fire",
    result: 1,
    history: [{ error: "disk on fire", result: 1 }],
  });
});

it("a result that is no JSON changes nothing but is told of", async () => {
  const job = await drained("a", `echo oops > "$QUEUECTL_RESULT_FILE"`);
  expect(job).toMatchObject({ state: "completed", last_error: null, result: null });
  expect(job.history).toMatchObject([{ error: expect.stringMatching(/^its result was not kept: it is not JSON/) }]);
});

it("progress is seen while the job runs, also when a flag says where the database is", async () => {
  const db = join(box.folder, "elsewhere.db");
  const go = join(box.folder, "go");
  const command = `${QUEUECTL} progress 40 "half way"; while [ ! -e '${go}' ]; do sleep 0.02; done`;
  await box.ok("enqueue", "--db", db, "--id", "a", "--command", command);
  box.start(["worker", "start", "--drain", "--db", db]);
  const shown = () => box.json<{ progress: number | null }>("show", "a", "--db", db);
  await waitFor("the progress", async () => (await shown()).progress === 40);
  writeFileSync(go, "");
  await waitFor(
    "the end",
    async () => (await box.json<{ state: string }>("show", "a", "--db", db)).state === "completed",
  );
});

it("a worker's death loses neither the result nor the sweep of its file", async () => {
  const ready = join(box.folder, "ready");
  const command = `echo '"half"' > "$QUEUECTL_RESULT_FILE"; touch '${ready}'; exec sleep 1000`;
  await box.ok("enqueue", "--id", "a", "--max-retries", "1", "--command", command);
  await box.supervisor();
  await waitFor("the job to have written", () => existsSync(ready));
  const [worker] = await box.json<{ pid: number }[]>("worker", "list");
  process.kill(worker?.pid as number, "SIGKILL");
  await waitFor("the job to be dead", async () => (await box.show("a")).state === "dead");
  expect(await box.show("a")).toMatchObject({ result: "half", history: [{ outcome: "lost", result: "half" }] });
  expect(left()).toEqual([]);
});

it("what was written after an attempt's end goes at the next start", async () => {
  await drained("a", "true");
  const late = join(box.home, "output", "1.result");
  writeFileSync(late, "1");
  await box.supervisor();
  await waitFor("the file to be gone", () => !existsSync(late));
});
