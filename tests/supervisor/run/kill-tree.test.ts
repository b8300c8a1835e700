import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identityOf } from "../../../src/system/process/identity.js";
import { killTree } from "../../../supervisor/run/kill-tree.js";
import { waitFor } from "../../support/wait-for.js";

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-tree-"));
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

it("kills a process and its descendants in other sessions, and runs no ps that PATH names", async () => {
  const called = join(folder, "called");
  writeFileSync(join(folder, "ps"), `#!/bin/sh\necho "$*" >>'${called}'\n`);
  chmodSync(join(folder, "ps"), 0o755);
  const tree = await plantTree();
  process.env.PATH = `${folder}:${path}`;
  killTree(tree.pid);
  await tree.gone();
  expect(existsSync(called)).toBe(false);
});

it("does so with tree-kill where there is no /proc", async () => {
  const tree = await plantTree();
  killTree(tree.pid, "darwin");
  await tree.gone();
});

/** A process with a child in another session, which has a child of its own. */
async function plantTree() {
  const file = join(folder, "pids");
  const script = `setsid sh -c 'echo $$ >>${file}; sleep 1000 & echo $! >>${file}; wait' & wait`;
  const root = spawn("/bin/sh", ["-c", script], { stdio: "ignore" });
  const ended = new Promise((resolve) => root.on("exit", resolve));
  const below = await waitFor("the descendants", () => {
    const pids = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
    return pids.length === 2 && pids;
  });
  return {
    pid: root.pid as number,
    async gone() {
      await ended;
      await waitFor("the descendants to end", () => below.every((pid) => identityOf(pid) === null));
    },
  };
}
