/** Homes on file systems that are not as usual: one that becomes read-only while workers use it, and an overlay. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextOf } from "../../src/queue/client.js";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";
import { LONG } from "./random.js";
import { witnessed } from "./witness.js";

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
});
afterEach(() => box.dispose());

function ran(program: string, ...words: string[]): string | null {
  const { status, stdout } = spawnSync(program, words, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

/** Makes a file system and mounts it on the home. Its device. Null: only root may do that, and not in every container. */
function mount(image: string, home: string): string | null {
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(image, "");
  truncateSync(image, 256 * 1024 * 1024);
  if (process.getuid?.() !== 0 || ran("mkfs.ext4", "-q", "-F", image) === null) return null;
  if (ran("mount", "-o", "loop,errors=remount-ro", image, home) === null) return null;
  ran("chmod", "700", home);
  rmdirSync(join(home, "lost+found"));
  return ran("findmnt", "-no", "SOURCE", home);
}

describe.runIf(LONG)("a file system that becomes read-only", () => {
  it("is said by every command, its workers can be stopped, and no job is lost", { timeout: 120_000 }, async ({
    skip,
  }) => {
    const image = box.file("image");
    const device = mount(image, box.home) ?? skip("needs a disk of its own, which only root can mount");
    try {
      await box.enqueue("before", "true");
      await box.ok("worker", "start", "--detach");
      await box.idle();
      const go = box.file("go");
      await box.enqueue("ends", `until [ -e '${go}' ]; do sleep 0.02; done`);
      const { fence } = await box.began("ends");
      writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, "1");
      writeFileSync(go, "");
      await waitFor("the job to end", () => box.witness.some((seen) => seen.kind === "E" && seen.fence === fence));
      for (const words of [["enqueue", "--command", "true"], ["status"], ["worker", "start", "--detach"]]) {
        const { code, stderr } = await box.run(words);
        expect(stderr).toMatch(/cannot be written, since its file system is read-only \(EROFS\); make it writable/);
        expect(code).toBe(78);
      }
      const doctor = await box.run(["doctor"]);
      expect(doctor.stdout).toMatch(/^problem {2}.* its file system is read-only/m);
      expect(doctor.code).toBe(78);
      const stop = await box.run(["worker", "stop", "--force"]);
      expect(stop).toMatchObject({ code: 0, stdout: "Stopped 1 worker(s)\n" });
      await waitFor("all processes to leave", () => box.processes().length === 0);
      await box.closeClient();
      expect(ran("umount", box.home)).not.toBeNull();
      ran("fsck.ext4", "-fy", image);
      expect(ran("mount", "-o", "loop", image, box.home)).not.toBeNull();
      await box.ok("worker", "start", "--drain");
      expect(await box.verdict()).toEqual([]);
      expect((await box.history("ends")).attempts.at(-1)?.outcome).toBe("succeeded");
    } finally {
      // What still runs keeps it until it is gone.
      spawnSync("umount", ["--lazy", box.home]);
    }
  });
});

describe.runIf(LONG)("a home in the lower layer of an overlay", () => {
  it("works, although its files are copied up at the first write", { timeout: 120_000 }, async ({ skip }) => {
    const at = (name: string) => box.file(name);
    for (const name of ["lower", "layers"]) mkdirSync(at(name), { mode: 0o700 });
    // Layers on two disks are the harder case: a file then changes its device and its inode.
    if (process.getuid?.() !== 0 || ran("mount", "-t", "tmpfs", "none", at("layers")) === null) skip("needs root");
    try {
      // As in an image: the database was made before.
      const command = witnessed(box.witnessFile, "true");
      await box.ok("enqueue", "--home", at("lower"), "--id", "baked", "--command", command);
      box.acknowledge("baked");
      for (const name of ["layers/upper", "layers/work"]) mkdirSync(at(name));
      mkdirSync(box.home, { mode: 0o700 });
      const layers = `lowerdir=${at("lower")},upperdir=${at("layers/upper")},workdir=${at("layers/work")}`;
      if (ran("mount", "-t", "overlay", "-o", layers, "overlay", box.home) === null) skip("needs overlayfs");
      const follower = box.start(["wait", "baked"]);
      const supervisor = await box.supervisor();
      expect(await follower.exited).toBe(0);
      await box.enqueue("j", "true");
      await box.idle();
      const beat = async () =>
        (await contextOf(await box.client()).store.processes.list()).find(({ kind }) => kind === "supervisor");
      const first = (await beat())?.heartbeatAt ?? 0;
      await waitFor("two more heartbeats", async () => ((await beat())?.heartbeatAt ?? 0) >= first + 5000);
      expect(supervisor.stderr).not.toContain("replaced");
      expect(supervisor.child.exitCode).toBeNull();
      expect(await box.verdict()).toEqual([]);
    } finally {
      for (const dir of [box.home, at("layers")]) spawnSync("umount", ["--lazy", dir]);
    }
  });
});
