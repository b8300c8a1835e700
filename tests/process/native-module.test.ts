/**
 * An installation whose native module does not load: after an upgrade of Node.js, on another machine, or with the file
 * gone.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Check } from "../../src/doctor/check.js";
import { Installation } from "../support/installation.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let installation: Installation;
let box: Sandbox;
beforeEach(() => {
  installation = new Installation();
  box = new Sandbox(installation.build);
});
afterEach(async () => {
  installation.breakAddon((addon) => addon);
  await box.dispose();
  installation.remove();
});

const truncated = (addon: Buffer) => addon.subarray(0, 10);

/** As it would be if it had been compiled for another version of Node.js. */
function ofOtherNode(addon: Buffer): Buffer {
  const version = Number(process.versions.modules);
  const other = version - 7;
  const changed = Buffer.from(addon);
  // Its description for Node begins with the version, and is followed by flags and a pointer that are still 0.
  const places: number[] = [];
  for (let at = 0; at + 16 <= changed.length; at += 8) {
    if (changed.readBigUInt64LE(at) === BigInt(version) && changed.readBigUInt64LE(at + 8) === 0n) places.push(at);
  }
  for (const at of places) changed.writeUInt32LE(other, at);
  const name = `node_register_module_v${version}`;
  const otherName = `node_register_module_v${String(other).padStart(String(version).length, "0")}`;
  for (let at = changed.indexOf(name); at !== -1; at = changed.indexOf(name)) changed.write(otherName, at, "latin1");
  return changed;
}

/** Its machine, in the header of an ELF file, is none that there is. */
function ofOtherMachine(addon: Buffer): Buffer {
  const changed = Buffer.from(addon);
  changed.writeUInt16LE(0x7777, 18);
  return changed;
}

const hint = () => `run npm rebuild better-sqlite3 in ${installation.folder}`;
const line = (why: string | RegExp) =>
  new RegExp(
    `^queuectl: error: better-sqlite3 does not load: ${typeof why === "string" ? why : why.source}; ${hint()}\n$`,
  );

describe("a native module that does not load", () => {
  it("ends every command that needs the database with one line: 78", async () => {
    installation.breakAddon(truncated);
    for (const words of ["status", "list", "enqueue --command true", "config list", "queue list", "schedule list"]) {
      const { code, stdout, stderr } = await box.run(words.split(" "));
      expect([words, code, stdout]).toEqual([words, 78, ""]);
      expect(stderr).toMatch(line("file too short"));
    }
    expect(JSON.parse((await box.run(["status", "--json"])).stdout)).toEqual({
      error: { code: "unusable", message: "better-sqlite3 does not load: file too short", hint: hint() },
    });
  });

  it("is said by the library", () => {
    installation.breakAddon(truncated);
    const library = JSON.stringify(installation.build);
    const program = `require(${library}).Client.open().catch((e) => console.log(e.exitCode, e.hint))`;
    expect(spawnSync(process.execPath, ["-e", program], { env: box.env, encoding: "utf8" }).stdout).toBe(
      `78 ${hint()}\n`,
    );
  });

  it.runIf(process.platform === "linux").each<[string, (addon: Buffer) => Buffer | null, RegExp]>([
    ["is missing", () => null, /its native part better_sqlite3\.node is missing/],
    [
      "was built for another Node.js",
      ofOtherNode,
      /it was built for another Node\.js \(module version \d+; v[\d.]+ has \d+\)/,
    ],
    ["was built for another machine", ofOtherMachine, /it is no module for this kind of machine/],
  ])("that %s is named by the command, and found by doctor", async (_, change, why) => {
    installation.breakAddon(change);
    const { code, stderr } = await box.run(["status"]);
    expect([code, stderr]).toEqual([78, expect.stringMatching(line(why))]);
    const doctor = await box.run(["doctor", "--json"]);
    const { checks } = JSON.parse(doctor.stdout) as { readonly checks: readonly Check[] };
    expect([doctor.code, doctor.stderr]).toEqual([78, ""]);
    expect(checks.filter(({ status }) => status === "problem")).toEqual([
      { name: "sqlite", status: "problem", message: expect.stringMatching(why), hint: hint() },
    ]);
    // Home and system are looked at, and what cannot be looked at without it is not.
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(["node", "home", "disk"]));
    expect(checks.map(({ name }) => name)).not.toContain("database");
  });
});

describe("a supervisor", () => {
  it("does not start, in the background neither, and leaves nothing behind: 78", async () => {
    installation.breakAddon(truncated);
    const { code, stderr } = await box.run(["worker", "start"]);
    expect([code, stderr]).toEqual([78, expect.stringMatching(line("file too short"))]);
    const detached = await box.run(["worker", "start", "--detach"]);
    expect([detached.code, detached.stderr]).toEqual([78, expect.stringMatching(line("file too short"))]);
    // It tells the command that started it before it logs.
    const log = () => readFileSync(join(box.home, "logs", "supervisor.log"), "utf8");
    await waitFor("the log", () => log().includes("npm rebuild"));
    expect(log().match(/npm rebuild/g)).toHaveLength(1);
    expect(existsSync(join(box.home, "supervisor.pid"))).toBe(false);
  });

  it("stops when a new worker cannot load it, which is logged once: 78", async () => {
    const supervisor = await box.supervisor();
    const [worker] = await waitFor("the worker", async () => {
      const workers = await box.json<{ pid: number }[]>("worker", "list");
      return workers.length > 0 && workers;
    });
    installation.breakAddon(truncated);
    process.kill(worker?.pid ?? 0, "SIGKILL");
    const { code, stderr } = await supervisor.ended;
    expect(code).toBe(78);
    expect(stderr.match(/better-sqlite3 does not load: file too short; run npm rebuild/g)).toHaveLength(1);
  });
});
