import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeDirectory } from "../../src/system/make-directory.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-directory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("makeDirectory", () => {
  it("makes it with those above it, and says whether it did", () => {
    const path = join(folder, "a", "b", "c");
    expect(makeDirectory(path, 0o700)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(makeDirectory(path, 0o700)).toBe(false);
  });

  it("takes a link to a directory for one", () => {
    symlinkSync(folder, join(folder, "link"));
    expect(makeDirectory(join(folder, "link"), 0o700)).toBe(false);
  });

  it("fails where something else is", () => {
    writeFileSync(join(folder, "file"), "");
    symlinkSync("nowhere", join(folder, "dangling"));
    for (const name of ["file", "file/below", "dangling"]) {
      expect(() => makeDirectory(join(folder, name), 0o700)).toThrow(/^E(EXIST|NOTDIR)/);
    }
  });

  it.runIf(existsSync("/proc/self"))("fails where the system takes none, and does not try for ever", () => {
    expect(() => makeDirectory("/proc/nothing/below", 0o700)).toThrow(/^ENOENT/);
  });
});
