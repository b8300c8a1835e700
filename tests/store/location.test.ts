import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { UnusableError } from "../../src/core/errors.js";
import { databaseExists, databaseFile, parseDatabase } from "../../src/store/location.js";
import type { PostgresAddress } from "../../src/store/postgres-url.js";

const absolute = (path: string) => (path.startsWith("/") ? path : `/here/${path}`);
const parse = (setting: string) => parseDatabase(setting, absolute);

/** What is thrown for a setting. */
function refusal(setting: string): UnusableError {
  try {
    parse(setting);
  } catch (error) {
    if (error instanceof UnusableError) return error;
    throw error;
  }
  throw new Error(`${setting} is taken`);
}

describe("a SQLite database", () => {
  it.each([
    ["/a/queue.db", "/a/queue.db"],
    ["queue.db", "/here/queue.db"],
    ["my:queue.db", "/here/my:queue.db"],
    ["file:///a/queue.db", "/a/queue.db"],
    ["FILE:///a/my%20queue.db", "/a/my queue.db"],
    ["file://localhost/a/queue.db", "/a/queue.db"],
    ["sqlite:///a/queue.db", "/a/queue.db"],
    ["file:/a/queue.db", "/a/queue.db"],
    ["file:queue.db", "/here/queue.db"],
    ["sqlite:queue.db", "/here/queue.db"],
  ])("%s is the file %s", (setting, path) => {
    const database = parse(setting);
    expect(database).toEqual({ kind: "sqlite", path, shown: path });
    expect(databaseFile(database)).toBe(path);
    expect(parse(database.shown)).toEqual(database);
    expect(databaseExists(database)).toBe(false);
  });

  it.each([
    ["mysql://host/db", /^the database mysql:\/\/… is not of a kind that queuectl knows$/],
    ["http://host", /not of a kind/],
    [":memory:", /in memory/],
    ["file::memory:", /in memory/],
    ["sqlite://:memory:", /in memory/],
    ["file:///a/queue.db?mode=ro", /"file:\/\/\/a\/queue.db\?mode=ro" has parameters/],
    ["file://host/queue.db", /names no file of this machine/],
    ["file:///%", /names no file of this machine/],
  ])("%s is refused", (setting, message) => expect(refusal(setting).message).toMatch(message));
});

describe("a PostgreSQL database", () => {
  it.each([
    ["postgres://me:secret@host/jobs", "postgres://me@host/jobs"],
    [
      "postgresql://me:sec%40ret@h1:5432,[::1]:5433/jobs?sslmode=require",
      "postgresql://me@h1:5432,[::1]:5433/jobs?sslmode=require",
    ],
    ["postgres://me@host/jobs?password=secret", "postgres://me@host/jobs"],
    ["postgres://:secret@host", "postgres://@host"],
    ["postgres://%2Fvar%2Frun/jobs?user=me&password=secret&schema=q", "postgres://%2Fvar%2Frun/jobs?user=me&schema=q"],
    ["postgres:///jobs", "postgres:///jobs"],
  ])("%s is shown as %s, which leads to it as well", (setting, shown) => {
    const database = parse(setting);
    expect(database).toMatchObject({ kind: "postgres", shown });
    expect(databaseFile(database)).toBeNull();
    const again = parse(shown);
    expect(again).toEqual(database);
    if (database.kind === "postgres" && again.kind === "postgres") expect(again.address).toEqual(database.address);
  });

  it.each<[string, Partial<PostgresAddress>]>([
    ["postgres:///jobs", { servers: [{ host: "localhost", port: 5432 }], database: "jobs", sslMode: "disable" }],
    ["postgres://db.example.com/jobs", { sslMode: "verify-full", schema: "queuectl" }],
    ["postgres://db.example.com/jobs?sslmode=require", { sslMode: "require" }],
    ["postgres://10.0.0.5/jobs", { sslMode: "verify-full" }],
    ["postgres://127.0.0.1:6000/jobs", { servers: [{ host: "127.0.0.1", port: 6000 }], sslMode: "disable" }],
    ["postgres://a,localhost/jobs", { sslMode: "verify-full" }],
    [
      "postgres://h1:1,[::1]:2/jobs",
      {
        servers: [
          { host: "h1", port: 1 },
          { host: "::1", port: 2 },
        ],
      },
    ],
    [
      "postgres://me@/jobs?host=/var/run/postgresql&port=5433",
      { servers: [{ host: "/var/run/postgresql", port: 5433 }], sslMode: "disable", user: "me" },
    ],
  ])("%s is understood", (setting, address) => {
    expect(parse(setting)).toMatchObject({ address });
  });

  it.each([
    ["postgres://host/jobs?sslmode=prefer", /^sslmode .* is "prefer"$/],
    ["postgres://host/jobs?schema=Queue-1", /^the schema "Queue-1" .* impossible name$/],
    ["postgres://host:70000/jobs", /has the port "70000"$/],
    ["postgres:///jobs?host=/run&port=x", /has the port "x"$/],
    ["postgres://host/jobs?pasword=secret", /parameter that is unknown$/],
  ])("%s is refused", (setting, message) => expect(refusal(setting).message).toMatch(message));

  it("does not show its password, however it is printed or copied", () => {
    const database = parse("postgres://me:secret@host/jobs?password=secret");
    for (const value of [database, { database }, { ...database }, structuredClone({ ...database })]) {
      expect(JSON.stringify(value)).not.toContain("secret");
      expect(inspect(value, { depth: null, showHidden: true })).not.toContain("secret");
      expect(String(value)).not.toContain("secret");
    }
  });
});

describe("a URL with a password", () => {
  it.each([
    "postgres://me:secret@secret@host/jobs",
    "postgres://me:secret/secret@host/jobs",
    "postgres://me:12?secret@host/jobs",
    "postgres://me:12#secret@host/jobs",
    "postgres://host/jobs?password=x@secret",
    "postgres://host:secret/jobs",
    "postgres:/me:secret@host/jobs",
    "postgres:me:secret@host",
    "mysql://me:secret@host/jobs",
    "file://me:secret@host/queue.db",
    "sqlite://me:secret@host/queue.db?x=1",
  ])("%s is refused without a word of it", (setting) => {
    const error = refusal(setting);
    expect(`${error.message} ${error.hint} ${inspect(error)}`).not.toContain("secret");
  });
});
