import { describe, expect, test } from "vitest";
import { outcomeOf, StatusReader } from "../../src/exec/status.js";

describe("the status reader", () => {
  test("gives each report the complaints before it", () => {
    const reader = new StatusReader("abc");
    expect(reader.read("noise\n+abc 12\nKilled\n=abc 137\n=abc 0\n")).toEqual([
      { kind: "ready", value: 12, complaint: "noise", interrupted: false },
      { kind: "ended", value: 137, complaint: "Killed", interrupted: false },
      { kind: "ended", value: 0, complaint: "", interrupted: false },
    ]);
  });

  test("puts a line together that came in pieces", () => {
    const reader = new StatusReader("abc");
    expect([..."Killed\n=abc 13"].flatMap((character) => reader.read(character))).toEqual([]);
    expect(reader.read("7\n")).toEqual([{ kind: "ended", value: 137, complaint: "Killed", interrupted: false }]);
  });

  test("takes nothing for a report that has not its nonce, as in a command that a shell quotes", () => {
    const reader = new StatusReader("abc");
    expect(reader.read("sh: line 7: 12 Killed (exec '\n=abd 0\n= 0\n')\n=abc 137\n")).toMatchObject([{ value: 137 }]);
  });
});

test("INT to the launcher counts for the command that runs then, and for no other", () => {
  const reader = new StatusReader("abc");
  const told = reader.read("!abc 0\n@abc 5\n=abc 130\n@abc 6\nQuit\n!abc 0\n=abc 130\n");
  const ends = told.filter(({ kind }) => kind === "ended");
  expect(ends).toMatchObject([{ interrupted: false }, { interrupted: true, complaint: "Quit" }]);
});

describe("an outcome", () => {
  const outcome = (status: number, complaint = "", interrupted = false) =>
    outcomeOf({ status, complaint, interrupted }, { cwd: "/" });

  test.each(["sh: 0: Cannot fork", "sh: fork: retry: Resource temporarily unavailable"])(
    "of %s is transient",
    (said) => {
      expect(outcome(254, said)).toMatchObject({ kind: "not-started", transient: true });
      expect(outcome(2, said)).toMatchObject({ kind: "not-started", transient: true });
    },
  );

  test("names the signal that a shell spoke of, and takes any other number for an exit code", () => {
    expect(outcome(137, "Killed")).toEqual({ kind: "killed", signal: "SIGKILL" });
    expect(outcome(137)).toEqual({ kind: "failed", exitCode: 137 });
    expect(outcome(130)).toEqual({ kind: "failed", exitCode: 130 });
    expect(outcome(141)).toEqual({ kind: "failed", exitCode: 141 });
    expect(outcome(163, "Real-time signal 1")).toEqual({ kind: "killed", signal: "SIG35" });
  });

  test("is a death by INT only if that went to the whole group", () => {
    expect(outcome(130, "", true)).toEqual({ kind: "killed", signal: "SIGINT" });
    expect(outcome(131, "", true)).toEqual({ kind: "failed", exitCode: 131 });
    expect(outcome(3, "", true)).toEqual({ kind: "failed", exitCode: 3 });
    expect(outcome(0, "", true)).toEqual({ kind: "succeeded" });
  });
});
