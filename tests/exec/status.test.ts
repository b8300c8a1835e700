import { describe, expect, test } from "vitest";
import { outcomeOf, StatusReader } from "../../src/exec/status.js";

describe("the status reader", () => {
  test("gives each report the complaints before it", () => {
    const reader = new StatusReader("abc");
    expect(reader.read("noise\n+abc 12\nKilled\n=abc 137\n=abc 0\n")).toEqual([
      { kind: "ready", value: 12, complaint: "noise" },
      { kind: "ended", value: 137, complaint: "Killed" },
      { kind: "ended", value: 0, complaint: "" },
    ]);
  });

  test("puts a line together that came in pieces", () => {
    const reader = new StatusReader("abc");
    expect([..."Killed\n=abc 13"].flatMap((character) => reader.read(character))).toEqual([]);
    expect(reader.read("7\n")).toEqual([{ kind: "ended", value: 137, complaint: "Killed" }]);
  });

  test("takes nothing for a report that has not its nonce, as in a command that a shell quotes", () => {
    const reader = new StatusReader("abc");
    expect(reader.read("sh: line 7: 12 Killed (exec '\n=abd 0\n= 0\n')\n=abc 137\n")).toMatchObject([{ value: 137 }]);
  });
});

describe("an outcome", () => {
  test.each(["sh: 0: Cannot fork", "sh: fork: retry: Resource temporarily unavailable"])(
    "of %s is transient",
    (said) => {
      expect(outcomeOf(254, said, { cwd: "/" })).toMatchObject({ kind: "not-started", transient: true });
      expect(outcomeOf(2, said, { cwd: "/" })).toMatchObject({ kind: "not-started", transient: true });
    },
  );

  test("names the signal that a shell spoke of, and believes the number alone for INT and PIPE", () => {
    expect(outcomeOf(137, "Killed", { cwd: "/" })).toEqual({ kind: "killed", signal: "SIGKILL" });
    expect(outcomeOf(137, "", { cwd: "/" })).toEqual({ kind: "failed", exitCode: 137 });
    expect(outcomeOf(130, "", { cwd: "/" })).toEqual({ kind: "killed", signal: "SIGINT" });
    expect(outcomeOf(141, "", { cwd: "/" })).toEqual({ kind: "killed", signal: "SIGPIPE" });
    expect(outcomeOf(163, "Real-time signal 1", { cwd: "/" })).toEqual({ kind: "killed", signal: "SIG35" });
  });
});
