import { describe, expect, it } from "vitest";
import { ShortageError, UnusableError } from "../../src/core/errors.js";
import { diskTrouble } from "../../src/system/disk-trouble.js";

const failed = (code: string, path?: string) => Object.assign(new Error(code), { code, ...(path && { path }) });

describe("an error of the disk", () => {
  it.each([
    ["ENOSPC", "its disk is full", true],
    ["EDQUOT", "its disk is full", true],
    ["SQLITE_FULL", "its disk is full", true],
    ["EIO", "its disk failed", true],
    ["SQLITE_IOERR_WRITE", "its disk failed", true],
    ["EROFS", "its file system is read-only", false],
    ["SQLITE_READONLY_DBMOVED", "its file system is read-only", false],
  ])("%s: %s; may pass by itself: %s", (code, says, passes) => {
    const trouble = diskTrouble(failed(code), "the file f");
    expect(trouble?.message).toMatch(new RegExp(`^the file f .*${says} \\(${code}\\)$`));
    expect(trouble).toBeInstanceOf(UnusableError);
    expect(trouble instanceof ShortageError).toBe(passes);
  });

  it("names the path that the system names", () => {
    expect(diskTrouble(failed("ENOSPC", "/f"))?.message).toMatch(/^\/f /);
  });
});

it.each([
  ["another error", failed("EACCES", "/f")],
  ["no error", "ENOSPC"],
  ["an error on a descriptor, such as a full stdout", failed("ENOSPC")],
])("%s is no trouble of a disk", (_, error) => expect(diskTrouble(error)).toBeNull());
