/** Who else could write to a home, or put another in its place. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateHome, prepareHome } from "../../src/home/home.js";
import { distrust, distrustHome, distrustParent } from "../../src/home/trust.js";

const ME = 1000;
const OTHER = 1001;
const ROOT = 0;

describe("the home", () => {
  it.each([
    [0o700, ME, null],
    [0o755, ME, null],
    [0o720, ME, "chmod go-w /a/q"],
    [0o702, ME, "chmod go-w /a/q"],
    [0o1777, ME, "chmod go-w /a/q"],
    [0o700, OTHER, expect.stringContaining("become that user")],
    [0o700, ROOT, expect.stringContaining("become that user")],
  ])("with mode %o of user %i", (mode, uid, hint) => {
    expect(distrustHome("/a/q", { mode, uid }, ME)?.hint ?? null).toEqual(hint);
  });
});

describe("a directory above the home", () => {
  it.each([
    [0o755, ROOT, null],
    [0o700, ME, null],
    [0o1777, ROOT, null],
    [0o1777, ME, null],
    [0o775, ROOT, "chmod go-w /a"],
    [0o777, ME, "chmod go-w /a"],
    [0o755, OTHER, expect.stringContaining("choose another home")],
    [0o1755, OTHER, expect.stringContaining("choose another home")],
  ])("with mode %o of user %i", (mode, uid, hint) => {
    expect(distrustParent("/a", { mode, uid }, "/a/q", ME)?.hint ?? null).toEqual(hint);
  });
});

describe("on a disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "queuectl-trust-")));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("every directory above counts, and a missing home as well", () => {
    const dir = join(folder, "a", "b", "q");
    expect(distrust(dir)).toBeNull();
    mkdirSync(dir, { recursive: true });
    expect(distrust(dir)).toBeNull();
    chmodSync(join(folder, "a"), 0o770);
    expect(distrust(dir)?.hint).toBe(`chmod go-w ${join(folder, "a")}`);
    expect(distrust(join(folder, "a", "missing"))?.hint).toBe(`chmod go-w ${join(folder, "a")}`);
    chmodSync(join(folder, "a"), 0o1770);
    expect(distrust(dir)).toBeNull();
  });

  it.runIf(process.getuid?.() === ROOT)("another user's directory is none for root", () => {
    mkdirSync(join(folder, "theirs"));
    chownSync(join(folder, "theirs"), OTHER, OTHER);
    expect(distrust(join(folder, "theirs", "q"))?.message).toMatch(/theirs belongs to another user \(uid 1001\), who/);
  });

  it("directories that are made on the way are closed to others, whatever the umask", () => {
    const before = process.umask(0);
    try {
      const home = locateHome({ home: join(folder, "a", "b", "q") }, {});
      prepareHome(home);
      expect(distrust(home.dir)).toBeNull();
      prepareHome(home);
    } finally {
      process.umask(before);
    }
  });
});
