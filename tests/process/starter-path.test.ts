/** The PATH of the user that starts a supervisor is for jobs. What queuectl itself runs comes from the system's. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

it("may name other programs first: a supervisor that was killed comes back, and none of them is run", async () => {
  const folder = box.file("bin");
  mkdirSync(folder);
  for (const name of ["sh", "date", "sleep", "ps", "kill", "env", "nice", "cat", "tail"]) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >>'${box.file("called")}'\necho garbage\nexit 3\n`);
    chmodSync(join(folder, name), 0o755);
  }
  box.env.PATH = `${folder}:${box.env.PATH}`;
  const pid = Number(/^Supervisor (\d+)/.exec(await box.ok("worker", "start", "--detach"))?.[1]);
  process.kill(pid, "SIGKILL");
  await waitFor("the next one", async () => {
    const next = /running, pid (\d+)/.exec(await box.ok("status"))?.[1];
    return next !== undefined && Number(next) !== pid;
  });
  await box.ok("enqueue", "--id", "j", "--nice", "1", "--command", "echo done");
  await box.reaches("j", "completed");
  await box.ok("worker", "stop");
  expect(existsSync(box.file("called"))).toBe(false);
});
