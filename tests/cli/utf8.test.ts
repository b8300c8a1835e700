/** Bytes that are not UTF-8, given by a shell: Node would replace them, and act on another name. */
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

describe.runIf(existsSync("/proc/self/cmdline"))("what is not UTF-8 is refused with 2 and changes nothing", () => {
  const cli = new Cli();
  afterAll(() => cli.dispose());
  beforeEach(async () => expect(await cli.ids()).toEqual([]));

  const BYTES = "$(printf 'r\\351')";

  it.each([
    ["an argument", `$QUEUECTL run -- cat ${BYTES}`, 'argument 4, "r�", is not UTF-8'],
    ["a command", `$QUEUECTL enqueue --command "cat ${BYTES}"`, 'argument 3, "cat r�", is not UTF-8'],
    ["a home", `$QUEUECTL --home /tmp/${BYTES} enqueue --command true`, 'argument 2, "/tmp/r�", is not UTF-8'],
    [
      "a variable with the home",
      `QUEUECTL_HOME=/tmp/${BYTES} $QUEUECTL list`,
      'the variable "QUEUECTL_HOME" is not UTF-8',
    ],
    ["a variable for the jobs", `X=${BYTES} $QUEUECTL worker start --once`, 'the variable "X" is not UTF-8'],
    ["its name", `env "${BYTES}=1" $QUEUECTL worker start --once`, 'the variable "r�" is not UTF-8'],
    ["the directory", `mkdir -p ${BYTES} && cd ${BYTES} && $QUEUECTL enqueue --command true`, "the current directory"],
    ["a file of jobs", `printf '{"command":"\\351"}' | $QUEUECTL enqueue -f -`, "stdin is not UTF-8 text"],
  ])("%s", async (_, line, message) => {
    const { code, stdout, stderr } = await cli.shell(line);
    expect(stderr).toMatch(/^queuectl: error: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("a link to such a home", async () => {
    const target = Buffer.concat([Buffer.from(`${cli.file("home-")}`), Buffer.from([0xe9])]);
    mkdirSync(target);
    symlinkSync(target, cli.file("link"));
    expect(await cli.fails(2, ["--home", cli.file("link"), "list"])).toContain('link" leads is not UTF-8');
  });

  it("but U+FFFD itself is a character, and so are others", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "echo \ufffd ü");
    expect(await cli.json("show", "a")).toMatchObject({ command: "echo \ufffd ü" });
    await cli.ok("jobs", "delete", "a", "-y");
  });
});
