/**
 * A database that is not in the home: every process of the queue finds it, and none of them says where it is in its
 * arguments.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
let db: string;
beforeEach(() => {
  box = new Sandbox();
  db = join(box.folder, "elsewhere.db");
});
afterEach(() => box.dispose());

const pidFile = () => JSON.parse(readFileSync(join(box.home, "supervisor.pid"), "utf8"));

it.runIf(process.platform === "linux")(
  "is in the environment of supervisor and workers, not in their arguments",
  async () => {
    const { supervisor, workers } = await box.json<{ supervisor: { pid: number }; workers: number[] }>(
      "worker",
      "start",
      "--detach",
      "--db",
      db,
    );
    const look = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    const pids = [supervisor.pid, pidFile().keeper.pid, ...workers];
    expect(pids.filter((pid) => look(pid, "cmdline").includes("elsewhere"))).toEqual([]);
    expect(pids.filter((pid) => look(pid, "environ").includes(`QUEUECTL_DB=${db}\0`))).toEqual(pids);
    // So that ps tells one home's from another's.
    expect(look(supervisor.pid, "cmdline")).toContain(`--home\0${box.home}\0`);
  },
);

it("is found again by a supervisor that its keeper starts, and by a job that calls queuectl", async () => {
  await box.ok("worker", "start", "--detach", "--db", db);
  const { pid } = pidFile();
  process.kill(pid, "SIGKILL");
  await waitFor("the next supervisor", () => pidFile().pid !== pid);
  expect(pidFile().db).toBe(db);
  await box.ok("enqueue", "--db", db, "--id", "a", "--command", 'echo "$QUEUECTL_DB"');
  await box.ok("wait", "a", "--db", db, "--timeout", "20s");
  expect(await box.ok("logs", "a", "--db", db)).toBe(`${db}\n`);
});

it("of the home is not named to a job, whatever the worker's environment names", async () => {
  box.env.QUEUECTL_DB = join(box.folder, "another.db");
  const own = join(box.home, "queuectl.db");
  await box.ok("enqueue", "--db", own, "--id", "a", "--command", 'echo "[$QUEUECTL_DB]"');
  await box.ok("worker", "start", "--drain", "--db", own);
  expect(await box.ok("logs", "a", "--db", own)).toBe("[]\n");
});
