import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const line = (id: string, more: object = {}) => JSON.stringify({ id, command: `echo ${id}`, ...more });
const many = (count: number) => Array.from({ length: count }, (_, i) => line(`job${i}`));

describe("enqueue --file", () => {
  it.each([
    ["an object", line("a"), "Enqueued job a\n", ["a"]],
    ["an object over several lines", JSON.stringify({ id: "a", command: "x" }, null, 2), "Enqueued job a\n", ["a"]],
    ["a list", `[${line("a")},\n${line("b")}]\n`, "Enqueued 2 jobs\n", ["a", "b"]],
    ["a list of one", `[ ${line("a")} ]`, "Enqueued job a\n", ["a"]],
    ["an object a line", `${line("a")}\n${line("b")}\n`, "Enqueued 2 jobs\n", ["a", "b"]],
    [
      "Windows line ends, blank lines and no last line end",
      `${line("a")}\r\n\r\n${line("b")}`,
      "Enqueued 2 jobs\n",
      ["a", "b"],
    ],
    ["a byte order mark", `\uFEFF${line("a")}`, "Enqueued job a\n", ["a"]],
    ["an empty list", "[]", "Enqueued 0 jobs\n", []],
    ["nothing", "", "Enqueued 0 jobs\n", []],
  ])("takes %s", async (_, text, printed, ids) => {
    expect(await cli.ok("enqueue", "--file", cli.write("jobs.json", text))).toBe(printed);
    expect(await cli.ids()).toEqual(ids);
  });

  it("reads stdin as -", async () => {
    const { code, stdout } = await cli.run(["enqueue", "-f", "-"], { input: many(3).join("\n") });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Enqueued 3 jobs\n" });
    expect(await cli.ids()).toEqual(["job0", "job1", "job2"]);
  });

  it("takes thousands, in the order of the file", async () => {
    const path = cli.write("jobs.ndjson", many(2500).join("\n"));
    expect(await cli.ok("enqueue", "--file", path)).toBe("Enqueued 2500 jobs\n");
    expect(await cli.ids()).toEqual(many(2500).map((_, i) => `job${i}`));
  });

  it("prints ids with -q, and with --json one job as an object, several or a list as a list", async () => {
    const two = cli.write("two.json", `${line("a")}\n${line("b")}`);
    expect(await cli.ok("enqueue", "-q", "-f", two)).toBe("a\nb\n");
    const one = cli.write("one.json", line("c"));
    expect((await cli.json("enqueue", "-f", one)).id).toBe("c");
    const list = cli.write("list.json", `[${line("d")}]`);
    expect((await cli.json<JobJson[]>("enqueue", "-f", list)).map(({ id }) => id)).toEqual(["d"]);
    const more = cli.write("more.json", many(1200).join("\n"));
    const jobs = await cli.json<JobJson[]>("enqueue", "-f", more);
    expect(jobs.length).toBe(1200);
    expect(jobs.at(-1)).toMatchObject({ id: "job1199", state: "pending" });
    expect(await cli.json("enqueue", "-f", cli.write("none.json", "[]"))).toEqual([]);
  });

  it("replaces with --replace", async () => {
    await cli.ok("enqueue", '{"id":"a","command":"old"}');
    expect(await cli.ok("enqueue", "--replace", "-f", cli.write("x", `${line("a")}\n${line("b")}`))).toBe(
      "Enqueued 2 jobs\n",
    );
    expect((await cli.json("show", "a")).command).toBe("echo a");
  });
});

describe("enqueue --file takes all or none: it refuses", () => {
  it.each<[string, string, RegExp]>([
    [
      "one bad line in 1000",
      many(1000)
        .with(776, line("bad", { max_retries: "x" }))
        .join("\n"),
      /^bad\.json line 777: "max_retries" is "x": it must be a number$/,
    ],
    [
      "a bad job in a list over several lines",
      `[\n  ${line("a")},\n\n  {\n    "id": "b"\n  }\n]`,
      /^bad\.json line 4: "command" is missing/,
    ],
    [
      "an unknown key",
      `${line("a")}\n${line("b", { priorty: 1 })}`,
      /^bad\.json line 2: a job has no key "priorty"; did you mean priority\?$/,
    ],
    [
      "a line that is no JSON",
      `${line("a")}\nhello\n`,
      /^bad\.json line 2: this is not JSON: at character 1, expected a value, found "hello"$/,
    ],
    [
      "a line with a comma too many",
      `${line("a")}\n{"command":"x",}\n`,
      /^bad\.json line 2: this is not JSON: at character 16, expected a key/,
    ],
    [
      "a text that is not closed",
      `${line("a")}\n{"command":"x}\n${line("b")}`,
      /^bad\.json line 2: a text is not closed/,
    ],
    [
      "an object that is not closed",
      `${line("a")}\n{"command":"x"\n`,
      /^bad\.json line 2: the JSON that begins here does not end$/,
    ],
    ["a list that is not closed", `[${line("a")}\n`, /^bad\.json line 2: the list is not closed/],
    ["more after a list", `[${line("a")}]\n${line("b")}`, /^bad\.json line 2: something follows the end of the list$/],
    ["a list in a list", `[[${line("a")}]]`, /^bad\.json line 1: a job is a JSON object, not a list/],
    ["a number", "1\n2", /^bad\.json line 1: a job is a JSON object, not a number/],
    [
      "a huge value",
      `{"command":"${"x".repeat(5 * 1024 * 1024)}"}`,
      /^bad\.json line 1: .*(longer than 4 MiB|KiB long)/,
    ],
  ])("%s", async (_, text, message) => {
    cli.write("bad.json", text);
    expect(await cli.fails(2, ["enqueue", "--file", "bad.json"])).toMatch(message);
    expect(await cli.ids()).toEqual([]);
  });

  it("an id that exists, with the line", async () => {
    await cli.ok("enqueue", line("job700"));
    cli.write("jobs.json", `\n${many(1500).join("\n")}`);
    const message = await cli.fails(6, ["enqueue", "-f", "jobs.json"]);
    expect(message).toMatch(/^jobs\.json line 702: job job700 already exists; /);
    expect(await cli.ids()).toEqual(["job700"]);
  });

  it("an id that occurs twice, with the line of the second", async () => {
    const input = many(1200).with(1100, line("job5")).join("\n");
    const message = await cli.fails(6, ["enqueue", "-f", "-"], { input });
    expect(message).toMatch(/^stdin line 1101: the id job5 occurs twice/);
    expect(await cli.ids()).toEqual([]);
  });

  it("what is not UTF-8", async () => {
    cli.write("latin1.json", Buffer.from('{"command":"caf\xe9"}', "latin1"));
    expect(await cli.fails(2, ["enqueue", "-f", "latin1.json"])).toBe(
      "latin1.json is not UTF-8 text; nothing was enqueued; " +
        "to convert it: iconv -f ISO-8859-1 -t UTF-8 FILE | queuectl enqueue -f -",
    );
    expect(await cli.ids()).toEqual([]);
  });

  it("a file that is not there, and a directory", async () => {
    const missing = join(cli.folder, "missing.json");
    expect(await cli.fails(2, ["enqueue", "--file", missing])).toBe(
      `cannot read ${missing}: there is no such file; --file takes a file, or - for stdin`,
    );
    expect(await cli.fails(2, ["enqueue", "--file", cli.folder])).toMatch(/: it is a directory; /);
    expect(await cli.ids()).toEqual([]);
  });
});
