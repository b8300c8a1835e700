import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** An editor that runs these lines of shell; `$1` is the file. Temporary files go where the test can see them. */
function editor(script: string): { env: NodeJS.ProcessEnv } {
  const path = cli.write("editor.sh", `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return {
    env: { EDITOR: `'${path}' --flag`, VISUAL: "", TMPDIR: cli.folder, QUEUECTL: `${process.execPath} ${PROGRAM}` },
  };
}

const REPLACE = (text: string) => editor(`shift; cat > "$1" <<'END'\n${text}\nEND`);
const drafts = () => readdirSync(cli.folder).filter((name) => name.startsWith("queuectl-"));

describe("edit", () => {
  it("opens the job as JSON in the editor, in a file for the user's eyes only, and writes what comes back", async () => {
    const flags = ["--delay", "1h", "--tag", "t", "--env", "A=1", "--cwd", "/tmp", "--timeout", "90"];
    await cli.ok("enqueue", "--id", "a", "--command", "old 'x'", ...flags);
    const change = `sed -i -e 's/old/new/' -e 's/"priority": 0/"priority": 7/' "$2"`;
    const { env } = editor(`cp "$2" "${cli.folder}/seen"; ls -l "$2" > "${cli.folder}/mode"; ${change}`);
    const { run_at } = await cli.json("show", "a");
    const { code, stdout, stderr } = await cli.run(["edit", "a"], { env });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Edited job a\n", stderr: "" });
    expect(JSON.parse(readFileSync(`${cli.folder}/seen`, "utf8"))).toEqual({
      command: "old 'x'",
      queue: "default",
      priority: 0,
      timeout: 90,
      run_at,
      cwd: "/tmp",
      env: { A: "1" },
      tags: ["t"],
    });
    expect(readFileSync(`${cli.folder}/mode`, "utf8")).toMatch(/^-rw------- .*\/a\.json$/m);
    expect(await cli.json("show", "a")).toMatchObject({
      command: "new 'x'",
      priority: 7,
      run_at,
      timeout: 90,
      tags: ["t"],
    });
    expect(drafts()).toEqual([]);
  });

  it("shows retries, resources and hooks too, and changes them", async () => {
    const said = {
      ...{ backoff: "fixed", backoff_max: "10m", jitter: 0.2, retry_on: [1, 7], snooze_on: [75], snooze_delay: "90s" },
      ...{ nice: 5, memory: "512M", cpu_time: "2m", on_dead: ["notify", "me"], webhook_url: "https://h/hook" },
    };
    const kept = { unique: "u", limit_key: "disk", limit: 2, deadline: "2h", policy: "api" };
    await cli.ok("policy", "set", "api", "--max-retries", "9");
    await cli.ok("enqueue", JSON.stringify({ id: "a", command: "x", ...said, ...kept }));
    const before = await cli.json("show", "a");
    const { env } = editor(`cp "$2" "${cli.folder}/seen"; sed -i 's/"nice": 5/"nice": 6/' "$2"`);
    expect(await cli.run(["edit", "a"], { env })).toMatchObject({ code: 0, stdout: "Edited job a\n" });
    const seen = JSON.parse(readFileSync(`${cli.folder}/seen`, "utf8"));
    const inUnits = { backoff_max: 600, snooze_delay: 90, memory: 512 * 1024 ** 2, cpu_time: 120 };
    expect(seen).toMatchObject({ ...said, ...inUnits, webhook_events: ["completed", "dead"] });
    for (const key of Object.keys(kept)) expect(seen).not.toHaveProperty(key);
    expect({ ...(await cli.json("show", "a")), updated_at: null }).toEqual({ ...before, nice: 6, updated_at: null });

    const set = ["on_dead=none", "webhook_url=none", "memory=none", "on_failed=note it", "retry_on=3", "snooze_on=4,5"];
    const edited = await cli.json("edit", "a", ...set.flatMap((setting) => ["--set", setting]));
    expect(edited).toMatchObject({
      on_failed: "note it",
      memory: null,
      retry_on: [3],
      snooze_on: [4, 5],
      policy: "api",
    });
    for (const key of ["on_dead", "webhook_url", "webhook_events"]) expect(edited).not.toHaveProperty(key);
    expect(await cli.fails(2, ["edit", "a", "--set", "snooze_on=3"])).toMatch(
      /^"snooze_on" has the exit code 3, which/,
    );
    expect(await cli.fails(2, ["edit", "a", "--set", "policy=b"])).toMatch(
      /^"policy" cannot be edited; editable keys: /,
    );
  });

  it("changes a hook, which stays in its queue; no key means anything that it is not", async () => {
    await cli.ok("enqueue", "--id", "a", "--on-completed", "exit 1", "--command", "true");
    expect(await cli.run(["worker", "start", "--once"])).toMatchObject({ code: 0 });
    const [hook] = await cli.json<{ id: string }[]>("list", "--queue", "_hooks");
    const edited = await cli.json("edit", hook?.id ?? "", "--set", "priority=9");
    expect(edited).toMatchObject({ queue: "_hooks", priority: 9 });
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.fails(2, ["edit", "b", "--set", "__proto__=1"])).toMatch(/^a job has no key "__proto__"/);
    expect(await cli.fails(2, ["edit", "b", "--set", "retry_on=x"])).toMatch(/^"retry_on(\.0)?" is "x"/);
    expect(await cli.fails(2, ["edit", "b", "--set", "run_at=2031-01-01", "--set", "delay=5m"])).toMatch(
      /both say when/,
    );
    expect(await cli.fails(2, ["edit", "b", "--set", "priority=1", "--set", "priority=2"])).toMatch(/given twice/);
    expect(await cli.fails(2, ["enqueue", "--env", "constructor=1", "--", "true"])).toMatch(
      /^--env cannot have the name/,
    );
  });

  it("needs --set where there is neither a terminal nor an editor that is named", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const none = { env: { EDITOR: "", VISUAL: "" } };
    expect(await cli.fails(2, ["edit", "a"], none)).toMatch(/^there is no terminal for an editor; .*--set KEY=VALUE/);
    expect(await cli.run(["edit", "a", "--set", "priority=1"], none)).toMatchObject({ code: 0 });
  });

  it("prefers VISUAL, and keeps what an editor says out of the JSON", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const { env } = REPLACE('{"command":"y"}');
    const visual = { ...env, VISUAL: `echo opened; sed -i s/x/z/` };
    const { code, stdout, stderr } = await cli.run(["edit", "a", "--json"], { env: visual });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "opened\n" });
    expect(JSON.parse(stdout)).toMatchObject({ id: "a", command: "z", max_retries: 3 });
  });

  it("says so when nothing was changed, and writes nothing", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x", "--max-retries", "4");
    const before = await cli.json("show", "a");
    const { code, stdout, stderr } = await cli.run(["edit", "a"], editor("true"));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Nothing was changed in job a\n", stderr: "" });
    expect(await cli.ok("edit", "a", "--set", "priority=0")).toBe("Nothing was changed in job a\n");
    expect(await cli.json("edit", "a", "--set", "priority=0")).toMatchObject({ id: "a", max_retries: 4 });
    expect(await cli.json("show", "a")).toEqual(before);
  });

  it.each<[string, RegExp]>([
    ["{", /^this is not JSON: at character 3, expected /],
    ["", /^this is not JSON: at character 2, /],
    ["[]", /^a job is a JSON object, not a list/],
    ['{"command":"x","priorty":1}', /^a job has no key "priorty"; did you mean priority\?$/],
    ['{"command":"x","priority":1.5}', /^"priority" is 1.5: it must be a whole number$/],
    ['{"priority":1}', /^"command" is missing/],
    ['{"command":"x","id":"b"}', /^"id" is "b": a job keeps its id; leave it out/],
    ['{"command":"x","run_at":"soon"}', /^"run_at" is "soon", which is not a time/],
  ])("refuses %j: exit 2, and nothing is changed", async (text, message) => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const before = await cli.json("show", "a");
    expect(await cli.fails(2, ["edit", "a"], REPLACE(text))).toMatch(message);
    expect(await cli.json("show", "a")).toEqual(before);
    expect(drafts()).toEqual([]);
  });

  it.each(["exit 3", "kill -KILL $$"])("changes nothing if the editor fails: %s", async (end) => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const { code, stdout, stderr } = await cli.run(["edit", "a"], editor(`echo '{"command":"y"}' > "$2"; ${end}`));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: the editor ".*" (ended with exit code|was killed).*; nothing was changed; VISUAL or EDITOR names/,
    );
    expect(await cli.json("show", "a")).toMatchObject({ command: "x" });
    expect(drafts()).toEqual([]);
  });

  it("says that the editor left nothing", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const { code, stderr } = await cli.run(["edit", "a"], editor('shift; rm "$1"'));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^queuectl: error: the editor left no text: ENOENT.*; nothing was changed\n$/),
    });
    expect(drafts()).toEqual([]);
  });

  it("says that there is no such editor", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const { code, stderr } = await cli.run(["edit", "a"], { env: { EDITOR: "no-such-editor", VISUAL: "" } });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /queuectl: error: the editor "no-such-editor" ended with exit code 127; nothing was changed; /,
    );
  });

  it.each<[string, string[], number, RegExp]>([
    ["cancelled", ["cancel", "a"], 6, /^job a is cancelled and cannot be edited; the text is kept in (\S+)$/],
    ["edited", ["edit", "a", "--set", "priority=3"], 6, /^job a was changed meanwhile; the text is kept in (\S+)$/],
    ["deleted", ["jobs", "delete", "a"], 3, /^no job has the id "a", .*; the text is kept in (\S+)$/],
  ])("keeps the text if the job was %s meanwhile", async (_, words, code, message) => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const text = '{"command":"mine","priority":9}';
    const error = await cli.fails(
      code,
      ["edit", "a"],
      editor(`$QUEUECTL ${words.join(" ")} >/dev/null; echo '${text}' > "$2"`),
    );
    const [, path = ""] = message.exec(error) ?? [];
    expect(error).toMatch(message);
    expect(readFileSync(path, "utf8")).toBe(`${text}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    if (words[0] !== "jobs") expect((await cli.json("show", "a")).command).toBe("x");
  });

  it("refuses a job that is processing, completed or cancelled without opening an editor: exit 6", async () => {
    await cli.claim("runs");
    await cli.ended("done", { kind: "succeeded" });
    const options = editor(`touch "${cli.folder}/opened"`);
    expect(await cli.fails(6, ["edit", "runs"], options)).toBe(
      "job runs is processing and cannot be edited; only a job that waits, or is dead, can be edited",
    );
    expect(await cli.fails(6, ["edit", "done"], options)).toMatch(/^job done is completed and cannot be edited/);
    expect(await cli.fails(3, ["edit", "none"], options)).toMatch(/^no job has the id "none"/);
    expect(existsSync(`${cli.folder}/opened`)).toBe(false);
  });

  it("changes a dead job for its next run, and says so", async () => {
    await cli.ended("a", { kind: "failed", exitCode: 1 });
    const { code, stdout, stderr } = await cli.run(["edit", "last", "--set", "command=true"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "Edited job a\n",
      stderr: "It is dead; queuectl retry a runs it again\n",
    });
    expect(await cli.json("show", "a")).toMatchObject({
      state: "dead",
      command: "true",
      last_error: "exited with code 1",
    });
  });

  it("sets keys without an editor: numbers, texts, lists and objects", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x", "--tag", "old", "--delay", "1h");
    const settings = [
      "priority=5",
      "timeout=10m",
      "command=echo a=b",
      "tags=p,q",
      'env={"A":"1"}',
      "max-retries=9",
      "delay=0",
    ];
    expect(await cli.ok("edit", "a", ...settings.flatMap((one) => ["--set", one]))).toBe("Edited job a\n");
    const job = await cli.json("show", "a");
    expect(job).toMatchObject({
      priority: 5,
      timeout: 600,
      command: "echo a=b",
      tags: ["p", "q"],
      env: { A: "1" },
    });
    expect(job.max_retries).toBe(9);
    expect(Date.parse(String(job.run_at))).toBeLessThanOrEqual(Date.now());
    expect(await cli.json("list", "--tag", "q", "--columns", "id")).toEqual([{ id: "a" }]);
    expect(await cli.json("list", "--tag", "old")).toEqual([]);
  });

  it.each<[string, RegExp]>([
    ["priority", /^--set is "priority"; give a key and a value: --set priority=5$/],
    ["priority=high", /^"priority" is "high": it must be a number$/],
    ["prio=5", /^a job has no key "prio"/],
    ["timeout=soon", /^"timeout" is "soon", which is not a duration/],
    ["id=b", /^"id" is "b": a job keeps its id/],
  ])("refuses --set %s: exit 2, and nothing is changed", async (setting, message) => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const before = await cli.json("show", "a");
    expect(await cli.fails(2, ["edit", "a", "--set", "queue=other", "--set", setting])).toMatch(message);
    expect(await cli.json("show", "a")).toEqual(before);
  });

  it.runIf(hasTerminals)("asks on a terminal whether a text that is wrong is to be edited again", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const round = `cat "$2" >> "${cli.folder}/rounds"; if grep -q wrong "$2"; then echo '{"command":"right"}' > "$2"; else echo wrong > "$2"; fi`;
    const { env } = editor(round);
    const terminal = new Terminal([process.execPath, PROGRAM, "edit", "a"], { ...env, QUEUECTL_HOME: cli.home });
    await terminal.shows("Edit it again? [y/N]");
    terminal.type("y\n");
    expect(await terminal.ended).toBe(0);
    expect(terminal.written).toMatch(/this is not JSON: at character 1, .*Edited job a/s);
    expect(readFileSync(`${cli.folder}/rounds`, "utf8")).toMatch(/"command": "x".*}\nwrong\n$/s);
    expect((await cli.json("show", "a")).command).toBe("right");
    const other = new Terminal([process.execPath, PROGRAM, "edit", "a"], { ...env, QUEUECTL_HOME: cli.home });
    await other.shows("Edit it again? [y/N]");
    other.type("n\n");
    expect(await other.ended).toBe(2);
    expect((await cli.json("show", "a")).command).toBe("right");
    expect(drafts()).toEqual([]);
  });

  it.runIf(hasTerminals)("leaves ^C to the editor while it is open, and to us afterwards", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    const { env } = editor(`trap 'echo wrong > "$2"; exit 0' INT; echo open; while :; do sleep 0.1; done`);
    const terminal = new Terminal([process.execPath, PROGRAM, "edit", "a"], { ...env, QUEUECTL_HOME: cli.home });
    await terminal.shows("open");
    terminal.type("\x03");
    await terminal.shows("Edit it again? [y/N]");
    terminal.type("\x03");
    expect(await terminal.ended).toBe(130);
    expect(drafts()).toEqual([]);
    expect((await cli.json("show", "a")).command).toBe("x");
  });
});
