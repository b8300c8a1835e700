import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

describe("enqueue", () => {
  it("takes a job as JSON", async () => {
    expect(await cli.ok("enqueue", '{"id":"job1","command":"echo Hello World"}')).toBe("Enqueued job job1\n");
    expect(await cli.json("show", "job1")).toMatchObject({
      command: "echo Hello World",
      state: "pending",
      attempts: 0,
    });
  });

  it("makes an id of twelve lower-case letters and digits", async () => {
    const text = await cli.ok("enqueue", '{"command":"ls -la"}');
    expect(text).toMatch(/^Enqueued job [a-z0-9]{12}\n$/);
    expect(await cli.ids()).toEqual([text.slice("Enqueued job ".length, -1)]);
  });

  it("takes every key of the JSON", async () => {
    const spec = {
      id: "all",
      command: "true",
      max_retries: 5,
      priority: -3,
      queue: "gpu",
      run_at: "2030-01-31T08:00:00+01:00",
      timeout: "90s",
      backoff_base: 1.5,
      cwd: "/tmp",
      env: { A: "1" },
      tags: ["x", "y"],
    };
    expect(await cli.json("enqueue", JSON.stringify(spec))).toMatchObject({
      ...spec,
      state: "pending",
      run_at: "2030-01-31T07:00:00.000Z",
      timeout: 90,
    });
  });

  it("takes every flag, before or after the others, as two words or one", async () => {
    const words =
      "--id job1 --max-retries=5 --priority -3 --queue gpu --delay 1h --timeout=0 --backoff-base 0 --cwd sub " +
      "--env A=1 --env B=x=y --tag t1 --tag=t2";
    const before = Date.now();
    const job = await cli.json("enqueue", ...words.split(" "), "--command", "echo hi");
    expect(job).toMatchObject({
      id: "job1",
      command: "echo hi",
      max_retries: 5,
      priority: -3,
      queue: "gpu",
      timeout: 0,
      backoff_base: 0,
      cwd: `${cli.folder}/sub`,
      env: { A: "1", B: "x=y" },
      tags: ["t1", "t2"],
    });
    expect(Date.parse(job.run_at as string)).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  it("takes the words after -- as a command without a shell", async () => {
    await cli.ok("enqueue", "--id", "v", "--", "ffmpeg", "-i", "in put.mp4", "--json", "$HOME");
    expect((await cli.json("show", "v")).command).toEqual(["ffmpeg", "-i", "in put.mp4", "--json", "$HOME"]);
    expect(await cli.ok("list", "--columns", "command")).toContain("ffmpeg -i 'in put.mp4' --json '$HOME'");
    expect(await cli.ok("list", "--format", "csv", "--columns", "command")).toBe(
      "command\nffmpeg -i 'in put.mp4' --json '$HOME'\n",
    );
  });

  it("takes a command that begins with a dash or holds a line end", async () => {
    expect((await cli.json("enqueue", "--command", "-x")).command).toBe("-x");
    expect((await cli.json("enqueue", "--command=a\nb")).command).toBe("a\nb");
  });

  it("prints the id only with -q, the job with --json or QUEUECTL_OUTPUT=json", async () => {
    expect(await cli.ok("enqueue", "-q", "--id", "a", "--command", "true")).toBe("a\n");
    expect((await cli.json("enqueue", "--id", "b", "--command", "true")).id).toBe("b");
    const { stdout } = await cli.run(["enqueue", '{"id":"c","command":"x"}'], { env: { QUEUECTL_OUTPUT: "json" } });
    expect(JSON.parse(stdout)).toMatchObject({ id: "c", state: "pending" });
  });

  it("refuses an id that exists, and changes nothing", async () => {
    await cli.ok("enqueue", '{"id":"job1","command":"first"}');
    const message = await cli.fails(6, ["enqueue", '{"id":"job1","command":"second"}']);
    expect(message).toBe("job job1 already exists; choose another id, or replace it with --replace");
    expect((await cli.json("show", "job1")).command).toBe("first");
  });

  it("replaces one with --replace, but not while it is processing", async () => {
    await cli.ok("enqueue", '{"id":"job1","command":"first"}');
    expect(await cli.ok("enqueue", "--replace", '{"id":"job1","command":"second"}')).toBe("Enqueued job job1\n");
    expect((await cli.json("show", "job1")).command).toBe("second");
    await cli.claim("job1");
    const message = await cli.fails(6, ["enqueue", "--id", "job1", "--command", "third", "--replace"]);
    expect(message).toMatch(/^job job1 is processing and cannot be replaced; /);
    expect((await cli.json("show", "job1")).command).toBe("second");
  });
});

describe("the argument of enqueue", () => {
  it("is a command if it is neither JSON nor a file, and takes all flags", async () => {
    for (const text of ["echo hi", "#x", "null", "5", '"my tool" --x', "(cd /; ls)", "echo {a,b}"]) {
      const [id = ""] = (await cli.ok("enqueue", text, "-q")).split("\n");
      expect((await cli.json("show", id)).command).toBe(text);
    }
    expect(await cli.ok("enqueue", "exit 3", "--id", "job1", "--max-retries", "5", "--tag", "t")).toBe(
      "Enqueued job job1\n",
    );
    expect(await cli.json("show", "job1")).toMatchObject({ command: "exit 3", max_retries: 5, tags: ["t"] });
  });

  it("is a job if it is JSON, also after spaces", async () => {
    await cli.ok("enqueue", ' \n{"id":"job1","command":"x"}');
    expect((await cli.json("show", "job1")).command).toBe("x");
  });

  it("is a job to which flags add", async () => {
    await cli.ok("enqueue", '{"id":"job1","command":"x"}', "--priority", "5", "--tag", "t", "--env", "A=b");
    expect(await cli.json("show", "job1")).toMatchObject({ priority: 5, tags: ["t"], env: { A: "b" } });
    expect(await cli.ok("enqueue", '{"command":"x"}', "--id", "job2")).toBe("Enqueued job job2\n");
  });

  it("is a file after @, as with --file", async () => {
    cli.write("jobs.json", '[{"id":"a","command":"x"},{"id":"b","command":"y"}]');
    expect(await cli.ok("enqueue", "@jobs.json")).toBe("Enqueued 2 jobs\n");
    expect(await cli.ok("enqueue", `@${cli.write("one", '{"id":"c","command":"z"}')}`, "-q")).toBe("c\n");
    for (const stdin of ["@-", "-"]) {
      const { code, stdout } = await cli.run(["enqueue", stdin, "--replace"], { input: '{"id":"d","command":"w"}' });
      expect({ code, stdout }).toEqual({ code: 0, stdout: "Enqueued job d\n" });
    }
    expect(await cli.ids()).toEqual(["a", "b", "c", "d"]);
  });

  it("may have what a queue decides, which is ignored with a remark", async () => {
    const sample = {
      ...{ id: "unique-job-id", command: "echo 'Hello World'", state: "pending", attempts: 0, max_retries: 3 },
      ...{ created_at: "2025-11-04T10:30:00Z", updated_at: "2025-11-04T10:30:00Z" },
    };
    expect(await cli.run(["enqueue", JSON.stringify(sample)])).toEqual({
      code: 0,
      stdout: "Enqueued job unique-job-id\n",
      stderr: "Ignored, since the queue decides it: state, attempts, created_at, updated_at\n",
    });
    const job = await cli.json("show", "unique-job-id");
    expect(job).toMatchObject({ command: sample.command, state: "pending", max_retries: 3 });
    expect(job.created_at).not.toMatch(/^2025-11-04/);
  });
});

describe("enqueue refuses", () => {
  it.each<[string, string[], RegExp]>([
    ["nothing", [], /^there is nothing to enqueue; for example: queuectl enqueue 'echo hi'$/],
    ["bad JSON", ["{id:1}"], /^this is not JSON: at character 2, expected a key in double quotes, .*single quotes/],
    [
      "JSON that is cut off",
      ['{"command":"x'],
      /^this is not JSON: at character 14, expected a closing ", found the end/,
    ],
    [
      "a command in several words",
      ["echo", "hi"],
      /^unexpected argument "hi"; to enqueue one command: queuectl enqueue 'echo hi'/,
    ],
    [
      "JSON in several words",
      ["{command:ls", "x}"],
      /^unexpected argument "x}"; to keep the JSON in one piece, put it in single/,
    ],
    [
      "JSON in quotes of its own",
      [`'{"command":"x"}'`],
      /^the job begins with ', so the quotes are a part of it; quote it once/,
    ],
    [
      "the name of a file",
      ["jobs.ndjson"],
      /^"jobs.ndjson" is the name of a file, not a command; queuectl enqueue @jobs.ndjson$/,
    ],
    ["the name of a file with a path", ["./my-job.JSON"], /; queuectl enqueue @.\/my-job.JSON$/],
    ["no file after @", ["@"], /^no file follows @; give a file, or - for stdin: queuectl enqueue @job.json$/],
    ["a file that is not there", ["@nothing.json"], /^cannot read nothing.json: there is no such file/],
    ["a command and --file", ["x", "--file", "y"], /^a command and --file cannot be combined/],
    ["a command and --command", ["x", "--command", "y"], /^a command and --command cannot be combined/],
    ["a file after @ and --file", ["@x", "--file", "y"], /^a file after @ and --file cannot be combined/],
    [
      "a file after @ and --queue",
      ["@x", "--queue", "y"],
      /^--queue and a file after @ cannot be combined; put it into the JSON$/,
    ],
    [
      "a list",
      ['[{"command":"x"}]'],
      /^a JSON argument is one job, not a list; put a list into a file: queuectl enqueue @jobs.json$/,
    ],
    ["an empty argument", [""], /^the command is empty; for example: queuectl enqueue 'echo hi'$/],
    ["no command", ['{"id":"a"}'], /^"command" is missing/],
    ["an empty command", ["--command", " "], /^--command is empty$/],
    ["no command after --", ["--"], /^no command follows --/],
    ["an empty command after --", ["--", ""], /^the command after -- is empty$/],
    ["an empty --file", ["-f", ""], /^--file is empty; give a file, or - for stdin$/],
    [
      "an unknown key",
      ['{"command":"x","max_retires":3}'],
      /^a job has no key "max_retires"; did you mean max_retries\?$/,
    ],
    ["a number as text", ['{"command":"x","max_retries":"5"}'], /^"max_retries" is "5": it must be a number$/],
    ["no attempts at all", ['{"command":"x","max_retries":0}'], /^"max_retries" is 0: it must be at least 1$/],
    ["half an attempt", ['{"command":"x","max_retries":1.5}'], /^"max_retries" is 1.5: it must be a whole number$/],
    ["an id with a slash", ['{"command":"x","id":"a/b"}'], /^the id "a\/b" cannot name a job; an id is 1 to 128/],
    ["an id with a line end", ['{"command":"x","id":"a\\nb"}'], /^the id "a\\nb" cannot name a job/],
    ["half a character", ['{"command":"a\\ud800"}'], /^"command" is .*: it contains half of a surrogate pair/],
    ["NUL", ['{"command":"a\\u0000b"}'], /^"command" is .*: it contains a NUL character/],
    ["a command of 125 KiB", ["--command", "x".repeat(125 * 1024)], /^--command is 125 KiB long; the longest/],
    ["a negative timeout", ["--command", "x", "--timeout", "-1"], /^--timeout is "-1", which is not a duration; give/],
    [
      "a time that is none",
      ["--command", "x", "--run-at", "soon"],
      /^--run-at is "soon", which is not a time; give RFC 3339/,
    ],
    ["two times", ["--command", "x", "--run-at", "2030-01-01 08:00", "--delay", "5"], /^--run-at and --delay both say/],
    [
      "--max-retries that is no number",
      ["--command", "x", "--max-retries", "many"],
      /^--max-retries is "many"; give a whole/,
    ],
    ["a fraction as --priority", ["--command", "x", "--priority", "1.5"], /^--priority is "1.5"; give a whole number/],
    ["--env without a value", ["--command", "x", "--env", "A"], /^--env is "A"; give a name and a value/],
    ["--env with a bad name", ["--command", "x", "--env", "A B=1"], /^--env is "A B": it must be a name/],
    ["a queue name with a space", ["--command", "x", "--queue", "a b"], /^the queue name "a b" is not valid/],
    ["JSON and --command", ['{"command":"x"}', "--command", "y"], /^a JSON argument and --command cannot be combined/],
    ["--command and --", ["--command", "x", "--", "y"], /^--command and a command after -- cannot be combined/],
    [
      "a key of the JSON as a flag, too",
      ['{"command":"x","queue":"a"}', "--queue", "y"],
      /^--queue is given, and the JSON has "queue" too; give one of them$/,
    ],
    ["--file and --max-retries", ["--file", "x", "--max-retries", "2"], /^--max-retries and --file cannot be combined/],
    ["an unknown flag", ["--comand", "x"], /^queuectl enqueue has no flag --comand; did you mean --command\?$/],
    ["a flag without its value", ["--command"], /^--command needs a value; --command TEXT$/],
    ["a flag in place of a value", ["--id", "--command", "x"], /^--id needs a value/],
    [
      "a key called as elsewhere",
      ['{"command":"x","maxRetries":3}'],
      /^a job has no key "maxRetries"; did you mean max_retries\?$/,
    ],
    [
      "a key in another unit",
      ['{"command":"x","timeout_ms":3}'],
      /^a job has no key "timeout_ms"; use "timeout":"5000ms"$/,
    ],
    ["a value for a switch", ["--replace=yes", "--command", "x"], /^--replace takes no value$/],
  ])("%s", async (_, words, message) => {
    expect(await cli.fails(2, ["enqueue", ...words])).toMatch(message);
    expect(await cli.ids()).toEqual([]);
  });

  it("in JSON on stdout when asked, in one line", async () => {
    const { code, stdout, stderr } = await cli.run(["enqueue", "--json", '{"command":"x","max_retires":3}']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "usage", message: 'a job has no key "max_retires"', hint: "did you mean max_retries?" },
    });
    await cli.ok("enqueue", '{"id":"a","command":"x"}');
    const conflict = await cli.run(["enqueue", '{"id":"a","command":"x"}'], { env: { QUEUECTL_OUTPUT: "json" } });
    expect(conflict.code).toBe(6);
    expect(JSON.parse(conflict.stdout)).toMatchObject({ error: { code: "conflict" } });
    expect((await cli.json<JobJson[]>("list")).length).toBe(1);
  });
});
