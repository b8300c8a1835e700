import { describe, expect, test } from "vitest";
import { bench, SHELLS } from "./bench.js";

const killed = (signal: string) => ({ kind: "killed", signal });
const failed = (exitCode: number) => ({ kind: "failed", exitCode });
const succeeded = { kind: "succeeded" };

/** Each is run between two ordinary commands in the same launcher. */
const COMMANDS: Record<string, [command: string, outcome: object]> = {
  "exits at once": ["exit 3", failed(3)],
  "replaces itself": ["exec sh -c 'exit 4'", failed(4)],
  "kills its group when it exits": ["trap 'kill 0' EXIT; exit 5", killed("SIGTERM")],
  "kills its group": ["kill 0; sleep 60", killed("SIGTERM")],
  "interrupts its group": ["kill -INT 0; sleep 60", killed("SIGINT")],
  "hangs its group up": ["kill -HUP 0; sleep 60", killed("SIGHUP")],
  "kills its group for good": ["kill -9 0; sleep 60", killed("SIGKILL")],
  "kills its launcher": ["kill -9 $PPID; sleep 60", killed("SIGKILL")],
  "kills its launcher and is gone": ["kill -9 $PPID", killed("SIGKILL")],
  "terminates its launcher": ["kill $PPID; exit 6", failed(6)],
  "leaves something running": ["sleep 60 & exit 0", succeeded],
  "fails and leaves something running": ["sleep 60 & exit 7", failed(7)],
  "leaves something that ignores HUP": ["nohup sleep 60 >/dev/null 2>&1 & exit 8", failed(8)],
  "closes its descriptors": ["exec 0<&- 1>&- 2>&-; exit 9", failed(9)],
  "writes much": ["head -c 20000000 /dev/zero; exit 10", failed(10)],
  "speaks the launcher's language": ["echo '=0 0'; echo '=0 0' >&2; exit 11", failed(11)],
  "limits itself": ["ulimit -n 10; ulimit -t 1; umask 0; exit 12", failed(12)],
  "is no shell syntax": ["((", failed(2)],
  "is empty": ["", succeeded],
};

describe.each(SHELLS)("launched by %s, a command that", (shell) => {
  test.each(Object.entries(COMMANDS))("%s", async (_, [command, outcome]) => {
    const b = bench();
    const launcher = b.launcher({ shell });
    expect(await b.run(launcher, "true")).toEqual(succeeded);
    expect(await b.run(launcher, command)).toEqual(outcome);
    expect((await b.outputOf(launcher, "echo fine")).toString()).toBe("fine\n");
    await launcher.close();
    expect(b.leftovers()).toEqual([]);
  });
});
