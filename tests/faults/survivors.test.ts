/** Jobs that do all they can to live beside their own next attempt, through the whole program. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
});
afterEach(async () => {
  const [pid] = box.lines("survivor");
  await box.dispose();
  if (pid !== undefined && isAlive(pid)) process.kill(Number(pid), "SIGKILL");
});

const isAlive = (pid: string) => !["", "Z"].includes(stateOf(pid));

function stateOf(pid: string): string {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1] ?? "";
  } catch {
    return "";
  }
}

/** The first attempt leaves a process without marker, group and session; the second one tells whether it is alive. */
const job = (first: string) => `
if [ "$QUEUECTL_ATTEMPT" = 1 ]; then
  ${first}
  setsid env -i sh -c 'echo $$ > survivor; exec sleep 1000' &
  wait; sleep 1000
fi
read -r pid < survivor
read -r stat 2>/dev/null </proc/$pid/stat
case "\${stat##*)}" in ''|' Z'*) echo gone ;; *) echo alive ;; esac > verdict
`;

/** The reader is the oldest child of the launcher. */
const KILL_LIFELINE = "read -r kids < /proc/$PPID/task/$PPID/children; set -- $kids; kill -9 $1";

describe.skipIf(process.platform !== "linux")(
  "a process that hides from its attempt is gone before the next one",
  () => {
    it.each([
      ["when its worker was killed", ":"],
      ["when its worker was killed, and the lifeline before it", KILL_LIFELINE],
    ])("%s", async (_, first) => {
      await box.supervisor("--count", "1");
      await box.enqueuePlain("hider", job(first));
      await waitFor("the survivor", () => box.lines("survivor").length > 0);
      const [worker] = box.processes("worker");
      process.kill(worker?.pid as number, "SIGKILL");
      await waitFor("the next attempt", () => box.lines("verdict").length > 0);
      expect(box.lines("verdict")).toEqual(["gone"]);
      await box.idle();
      expect((await box.history("hider")).job).toMatchObject({ state: "completed", attempts: 2 });
    });
  },
);
