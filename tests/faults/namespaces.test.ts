/**
 * Two supervisors in two pid namespaces on one host and one database, as in two containers with a volume in common. A pid means
 * nothing across them: neither supervisor may take a job from a worker of the other one that lives.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextOf } from "../../src/queue/client.js";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";

/** A new pid namespace with a /proc of its own; only root may make one. */
const UNSHARE = ["--pid", "--fork", "--mount-proc", "--kill-child"];
const possible = process.platform === "linux" && spawnSync("unshare", [...UNSHARE, "true"]).status === 0;

describe.skipIf(!possible)("supervisors in two pid namespaces (skipped where unshare is not allowed)", () => {
  let box: FaultBox;
  let inside: ChildProcess | undefined;
  beforeEach(() => {
    box = new FaultBox();
  });
  afterEach(async () => {
    inside?.kill("SIGKILL");
    await box.dispose();
  });

  /** Works for another home on the same database until its queue is empty. */
  function startInside(): ChildProcess {
    const queuectl = resolve(import.meta.dirname, "../../dist-faults/queuectl.js");
    const words = [queuectl, "worker", "start", "--drain", "--queue", "inner"];
    const locations = ["--home", join(box.folder, "other"), "--db", join(box.home, "queuectl.db")];
    // A shell is the first process of the namespace, as the init of a container is.
    const shell = ["sh", "-c", '"$@"; exit $?', "sh", process.execPath, ...words, ...locations];
    return spawn("unshare", [...UNSHARE, ...shell], { env: box.env, cwd: box.folder, stdio: "ignore" });
  }

  it("take nothing from each other's workers while these live", { timeout: 120_000 }, async () => {
    const end = join(box.folder, "end");
    const untilEnd = `while ! [ -e ${end} ]; do sleep 0.05; done`;
    await box.enqueue("outer", untilEnd);
    await box.supervisor("--queue", "default");
    await box.began("outer");
    await box.enqueue("inner", untilEnd, { queue: "inner" });
    inside = startInside();
    const over = new Promise((exited) => inside?.once("exit", exited));
    await box.began("inner");

    const { store } = contextOf(await box.client());
    const beats = async () => (await store.processes.list()).filter(({ kind }) => kind === "supervisor");
    const first = await beats();
    expect(new Set(first.map(({ pidNamespace }) => pidNamespace)).size).toBe(2);
    // Two heartbeats of a supervisor are some sweeps apart, so each has looked at the other's lease.
    for (const { id, heartbeatAt } of first) {
      await waitFor("two more heartbeats", async () => {
        const now = (await beats()).find((one) => one.id === id);
        return now !== undefined && now.heartbeatAt >= heartbeatAt + 5000;
      });
    }
    for (const id of ["outer", "inner"]) {
      expect((await box.history(id)).attempts.map(({ outcome }) => outcome)).toEqual([null]);
    }
    writeFileSync(end, "");
    await box.idle();
    expect(await over).toBe(0);
    expect(existsSync(join(box.folder, "other", "supervisor.pid"))).toBe(false);
    for (const id of ["outer", "inner"]) {
      expect((await box.history(id)).attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
    }
    expect(await box.verdict()).toEqual([]);
  });
});
