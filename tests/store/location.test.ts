import { describe, expect, it } from "vitest";
import { UnusableError } from "../../src/core/errors.js";
import { databaseFile } from "../../src/store/location.js";

describe("databaseFile", () => {
  it.each([
    ["/a/queue.db", "/a/queue.db"],
    ["queue.db", "queue.db"],
    ["my:queue.db", "my:queue.db"],
    ["file:///a/queue.db", "/a/queue.db"],
    ["FILE:///a/my%20queue.db", "/a/my queue.db"],
    ["file://localhost/a/queue.db", "/a/queue.db"],
    ["sqlite:///a/queue.db", "/a/queue.db"],
    ["file:/a/queue.db", "/a/queue.db"],
    ["file:queue.db", "queue.db"],
    ["sqlite:queue.db", "queue.db"],
  ])("%s is the file %s", (setting, path) => expect(databaseFile(setting)).toBe(path));

  it.each([
    ["postgres://host/db", /SQLite only/],
    ["postgresql://host/db", /SQLite only/],
    ["mysql://host/db", /"mysql:\/\/host\/db" is not of a kind that queuectl knows/],
    ["http://host", /not of a kind/],
    [":memory:", /in memory/],
    ["file::memory:", /in memory/],
    ["sqlite://:memory:", /in memory/],
    ["file:///a/queue.db?mode=ro", /has parameters/],
    ["file://host/queue.db", /names no file of this machine/],
    ["file:///%", /names no file of this machine/],
  ])("%s is refused", (setting, message) => {
    expect(() => databaseFile(setting)).toThrow(message);
    expect(() => databaseFile(setting)).toThrow(UnusableError);
  });
});
