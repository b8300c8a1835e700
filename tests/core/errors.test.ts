/** Which errors pass by themselves, and which stay until a user changes something. */
import { expect, it } from "vitest";
import {
  ConflictError,
  isPermanent,
  ShortageError,
  StoreBusyError,
  StoreUnreachableError,
  UnusableError,
  UsageError,
} from "../../src/core/errors.js";

it.each<[string, Error, boolean]>([
  ["a home or database that cannot be used", new UnusableError("belongs to another user"), true],
  ["a setting that makes no sense", new UsageError("QUEUECTL_RETENTION is x"), true],
  ["a full disk", new ShortageError("the disk is full"), false],
  ["a locked database", new StoreBusyError("/q.db", 30_000), false],
  ["a database that does not answer", new StoreUnreachableError("the server is gone"), false],
  ["a conflict", new ConflictError("it runs already"), false],
  ["an unknown error", new TypeError("x is undefined"), false],
])("%s: permanent or not", (_, error, permanent) => expect(isPermanent(error)).toBe(permanent));

it("gives what passes another exit code than what stays, but for a disk", () => {
  expect(new StoreUnreachableError("the server is gone")).toMatchObject({ code: "busy", exitCode: 75 });
  expect(new StoreBusyError("/q.db", 30_000)).toMatchObject({ code: "busy", exitCode: 75 });
  expect(new UnusableError("belongs to another user")).toMatchObject({ code: "unusable", exitCode: 78 });
  expect(new ShortageError("the disk is full")).toMatchObject({ code: "unusable", exitCode: 78 });
});
