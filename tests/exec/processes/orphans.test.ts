/** What a supervisor does about the launchers of a dead worker, should their lifelines have been killed. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { endLaunchers, LAUNCHER } from "../../../src/exec/processes/orphans.js";
import { groupMembers } from "../../../src/system/process/group.js";
import { processEntry, processTable } from "../../../src/system/process/table.js";
import { waitFor } from "../../support/wait-for.js";
import { bench } from "../bench.js";

const SUBREAPER = fileURLToPath(new URL(`../../../dist/subreaper-${process.arch}`, import.meta.url));
const onLinux = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);

test.skipIf(!onLinux)("ends a launcher without a lifeline, and all that its command has started", async () => {
  const b = bench();
  const launcher = b.launcher({ subreaper: SUBREAPER, owner: "worker-of-orphans" });
  const execution = launcher.run(
    b.request(
      "while [ ! -s reader ]; do sleep 0.01; done; kill -9 $(cat reader); setsid env -i sh -c 'echo $$ > survivor; exec sleep 1000' & wait; sleep 1000",
    ),
  );
  const shell = launcher.pid as number;
  // The first fork of the shell.
  const reader = await waitFor("the reader", () => groupMembers(shell).find(({ ppid }) => ppid === shell)?.pid);
  writeFileSync(b.path("reader"), String(reader));
  const survivor = Number(await waitFor("the survivor", () => b.read("survivor")));
  expect(await endLaunchers("another-worker")).toBe(true);
  expect(processEntry(survivor)).not.toBeNull();
  expect(await endLaunchers("worker-of-orphans")).toBe(true);
  expect(processEntry(survivor)).toBeNull();
  expect(processTable().some(({ pgid }) => pgid === shell)).toBe(false);
  expect(await execution.ended).toEqual({ kind: "killed", signal: "SIGKILL" });
});

test.skipIf(!onLinux)("ends a fork of the launcher that starts one process after another", async () => {
  const b = bench();
  // A session of its own for each keeps what is started out of the launcher's group. All hold the lock.
  const script = "exec 9>lock; flock -n 9; (while touch on; do setsid sleep 60 & sleep 0.001; done) & wait\n";
  const launcher = spawn(SUBREAPER, ["/bin/sh", "-s", LAUNCHER, "worker-of-forks"], {
    cwd: b.dir,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  launcher.stdin.write(script);
  await waitFor("the fork", () => existsSync(b.path("on")));
  expect(await endLaunchers("worker-of-forks")).toBe(true);
  expect(spawnSync("flock", ["-n", b.path("lock"), "true"]).status).toBe(0);
});
