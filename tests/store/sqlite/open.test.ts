/** Everything that can be wrong with a database file, said in one line. */
import { chmod, chown, mkdir, stat, truncate, writeFile } from "node:fs/promises";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UnusableError } from "../../../src/core/errors.js";
import { sqliteLocation } from "../../../src/store/location.js";
import { openStore } from "../../../src/store/open.js";
import { translate } from "../../../src/store/sqlite/errors.js";
import { checkOwner, compareVersions } from "../../../src/store/sqlite/open.js";
import { FIRST_SCHEMA_VERSION, SCHEMA_VERSION } from "../../../src/store/sqlite/schema.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { insert } from "../harness.js";
import { temporaryHome } from "./harness.js";

const asRoot = process.getuid?.() === 0;

let place: Awaited<ReturnType<typeof temporaryHome>>;

beforeEach(async () => {
  place = await temporaryHome();
});
afterEach(() => place.remove());

/** Opening must fail in one line that matches, with a hint. */
async function refuses(message: RegExp, options: { create?: boolean; readOnly?: boolean } = {}): Promise<void> {
  const error = await openSqliteStore({ ...place, ...options }).then(
    () => "it opened",
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(UnusableError);
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain("\n");
  expect(error.hint).toBeTruthy();
}

/** Makes a good database and then changes it behind our back. */
async function changed(sql: string): Promise<void> {
  await (await openSqliteStore(place)).close();
  const raw = new Sqlite(place.path);
  raw.exec(sql);
  raw.close();
}

describe("only to look", () => {
  it("reads while others write, and cannot write", async () => {
    const store = await openSqliteStore(place);
    await insert(store, { id: "a" });
    const reader = await openSqliteStore({ ...place, readOnly: true });
    await insert(store, { id: "b" });
    expect(await reader.jobs.idsWithPrefix("", 9)).toEqual(["a", "b"]);
    await expect(insert(reader, {})).rejects.toThrow();
    await reader.close();
    await store.close();
  });

  it("makes nothing and upgrades nothing", async () => {
    await refuses(/^there is no database at /, { readOnly: true });
    await changed("PRAGMA user_version = 0");
    await refuses(/was written by an older queuectl$/, { readOnly: true });
    const raw = new Sqlite(place.path);
    expect(raw.pragma("user_version", { simple: true })).toBe(0);
    raw.close();
  });
});

describe("a database that cannot be used", () => {
  it("is missing, and was not to be made", () => refuses(/^there is no database at /, { create: false }));

  it("is a directory", async () => {
    await mkdir(place.path);
    await refuses(/is a directory, not a database$/);
  });

  it("is something else", async () => {
    await writeFile(place.path, "some notes\n".repeat(1000));
    await refuses(/is not a SQLite database$/);
  });

  it("is cut off", async () => {
    const store = await openSqliteStore(place);
    await insert(store, {});
    await store.close();
    const { size } = await stat(place.path);
    const raw = new Sqlite(place.path);
    raw.pragma("wal_checkpoint(TRUNCATE)");
    raw.close();
    await truncate(place.path, size / 2);
    const opened = openSqliteStore(place).then(async (again) => {
      await again.jobs.list({}).finally(() => again.close());
    });
    await expect(opened).rejects.toMatchObject({ code: "unusable", message: expect.stringMatching(/is damaged/) });
  });

  it("was written by a newer version", async () => {
    await changed(`PRAGMA user_version = ${SCHEMA_VERSION + 6}`);
    const versions = `schema ${SCHEMA_VERSION + 6}, this one knows ${SCHEMA_VERSION}`;
    await refuses(new RegExp(`was written by a newer queuectl \\(${versions}\\)$`));
  });

  it.each([1, FIRST_SCHEMA_VERSION - 1])("was written before the first release, schema %i", async (version) => {
    await changed(`PRAGMA user_version = ${version}`);
    const message = new RegExp(`from before the first release \\(schema ${version}\\), which cannot be upgraded$`);
    await refuses(message);
    await refuses(message, { readOnly: true });
  });

  it("belongs to another program", async () => {
    const raw = new Sqlite(place.path);
    raw.exec("CREATE TABLE notes (text)");
    raw.close();
    await refuses(/is the database of another program$/);
  });

  it("belongs to another program that counts its versions", async () => {
    await changed("PRAGMA application_id = 1; PRAGMA user_version = 99");
    await refuses(/is the database of another program$/);
  });

  it.runIf(asRoot)("belongs to another user, and we are root", async () => {
    await (await openSqliteStore(place)).close();
    await chown(place.path, 12345, 12345);
    await refuses(/belongs to the user with the id 12345/);
  });

  it.runIf(!asRoot)("may not be written", async () => {
    await (await openSqliteStore(place)).close();
    await chmod(place.path, 0o400);
    await refuses(/cannot be read and written/);
  });

  it("has a file where its directory should be", async () => {
    await writeFile(place.path, "");
    place = { ...place, path: `${place.path}/queuectl.db` };
    await refuses(/^the directory of .* cannot be made/);
  });
});

describe("rules", () => {
  it("root takes only its own files, others are judged by their modes", () => {
    expect(() => checkOwner({ uid: 1000 }, "db", 0)).toThrow(UnusableError);
    expect(() => checkOwner({ uid: 0 }, "db", 0)).not.toThrow();
    expect(() => checkOwner({ uid: 1000 }, "db", 2000)).not.toThrow();
  });

  it("versions are compared by their parts", () => {
    expect(compareVersions([3, 51, 2], [3, 51, 3])).toBeLessThan(0);
    expect(compareVersions([3, 51, 3], [3, 51, 3])).toBe(0);
    expect(compareVersions([3, 100], [3, 51, 3])).toBeGreaterThan(0);
    expect(compareVersions([4], [3, 51, 3])).toBeGreaterThan(0);
  });
});

describe("a new database", () => {
  it("is private from its first moment, with its directory and its other files", async () => {
    const before = process.umask(0);
    try {
      const home = `${place.home}/deep/down`;
      const path = `${home}/queuectl.db`;
      const store = await openSqliteStore({ path, home });
      await insert(store, {});
      const mode = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
      expect(await mode(home)).toBe("700");
      for (const suffix of ["", "-wal", "-shm"]) expect(await mode(path + suffix), suffix).toBe("600");
      await store.close();
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  it("can be made by two at once, in one process too", async () => {
    const stores = await Promise.all([openSqliteStore(place), openSqliteStore(place)]);
    for (const store of stores) await insert(store, {});
    for (const store of stores) await store.close();
  });
});

describe("a disk that fails", () => {
  const failure = Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_SHMSIZE" });

  it("is a full one if there is no room on it", () => {
    expect(translate(failure, "q.db", () => 4096)).toMatchObject({
      message: "the disk that holds q.db is full: disk I/O error (SQLITE_IOERR_SHMSIZE)",
      hint: expect.stringMatching(/^free some space/),
    });
  });

  it("is a broken one if there is", () => {
    const { message } = translate(failure, "q.db", () => 1024 ** 3) as Error;
    expect(message).toMatch(/^the disk that holds q.db failed: /);
  });
});

describe("openStore", () => {
  it("opens a path", async () => {
    const store = await openStore({ database: sqliteLocation(place.path), home: place.home });
    expect(await store.jobs.list({})).toEqual([]);
    await store.close();
  });
});
