import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

interface ScheduleJson {
  readonly name: string;
  readonly next_at: string | null;
  readonly [key: string]: unknown;
}

const add = (name: string, ...words: string[]) => cli.ok("schedule", "add", name, ...words);
const list = () => cli.json<ScheduleJson[]>("schedule", "list");

describe("schedule add", () => {
  it("says when the first job will be, by the clocks of its zone", async () => {
    expect(await add("backup", "--cron", "30 2 * * *", "--tz", "Europe/Berlin", "--", "tar", "cf", "a b")).toMatch(
      /^Added schedule backup, next at \d{4}-\d\d-\d\d 0[23]:[03]0:00 \+0[12]:00\n$/,
    );
    const [{ next_at: next, ...schedule } = { next_at: null }] = await list();
    expect(new Date(String(next)).getTime()).toBeGreaterThan(Date.now());
    expect(schedule).toMatchObject({
      name: "backup",
      cron: "30 2 * * *",
      tz: "Europe/Berlin",
      seconds: false,
      overlap: "skip",
      catchup: "latest",
      paused: false,
      last_job: null,
      command: ["tar", "cf", "a b"],
      job: { cwd: cli.folder },
    });
  });

  it("takes the zone of the machine, by its name", async () => {
    const { stdout } = await cli.run(["schedule", "add", "a", "--cron", "@daily", "--command", "x", "--json"], {
      env: { TZ: "Asia/Tokyo" },
    });
    expect(JSON.parse(stdout)).toMatchObject({ tz: "Asia/Tokyo", next_at: expect.stringMatching(/T15:00:00.000Z$/) });
  });

  it("takes all flags of enqueue that can hold for many jobs", async () => {
    await cli.ok("policy", "set", "api", "--deadline", "3h");
    const flags = ["--policy", "api", "--retry-on", "7", "--nice", "5", "--on-dead", "echo sad", "--memory", "1G"];
    await add("s", "--cron", "@daily", ...flags, "--", "true");
    const before = Date.now();
    const job = await cli.json<{ deadline_at: string }>("schedule", "run", "s");
    expect(job).toMatchObject({ policy: "api", retry_on: [7], nice: 5, memory: 1024 ** 3, on_dead: "echo sad" });
    expect(Date.parse(job.deadline_at)).toBeGreaterThanOrEqual(before + 3 * 3_600_000);
    expect(await cli.fails(2, ["schedule", "add", "t", "--cron", "@daily", "--after", "a", "--", "true"])).toContain(
      "--after",
    );
    expect(await cli.fails(3, ["schedule", "add", "t", "--cron", "@daily", "--policy", "ap", "--", "true"])).toBe(
      'there is no policy "ap"; did you mean api?',
    );
  });

  it("keeps the policy that its jobs name", async () => {
    await cli.ok("policy", "set", "api", "--jitter", "0");
    await add("s", "--cron", "@daily", "--policy", "api", "--", "true");
    expect(await cli.fails(6, ["policy", "remove", "api"])).toBe(
      "schedules have the policy api: s; remove or replace them first",
    );
    await cli.ok("schedule", "remove", "s");
    await cli.ok("policy", "remove", "api");
  });

  it("gives its flags to the jobs", async () => {
    const flags = [
      "--queue",
      "mail",
      "--priority",
      "5",
      "--max-retries",
      "7",
      "--timeout",
      "1h",
      "--backoff-base",
      "3",
    ];
    const more = ["--cwd", "/tmp", "--env", "A=1", "--env", "B=x y", "--tag", "t", "--deadline", "2h"];
    const keys = ["--limit-key", "disk", "--limit", "2", "--unique", "only"];
    await add("full", "--cron", "0 0 1 1 *", ...flags, ...more, ...keys, "--command", "echo hi");
    expect(await cli.json("schedule", "run", "full")).toMatchObject({
      ...{ command: "echo hi", queue: "mail", priority: 5, max_retries: 7, timeout: 3600, backoff_base: 3 },
      ...{ cwd: "/tmp", env: { A: "1", B: "x y" }, tags: ["t"], limit_key: "disk", limit: 2, unique: "only" },
      ...{ schedule: "full", state: "pending", deadline: 7200, scheduled_at: expect.any(String) },
    });
    expect(await cli.fails(6, ["schedule", "run", "full"])).toMatch(/the unfinished job \w+ has the unique key "only"/);
  });

  it("refuses a name that is there, unless it is to replace", async () => {
    await add("a", "--cron", "@daily", "--command", "old");
    expect(await cli.fails(6, ["schedule", "add", "a", "--cron", "@hourly", "--command", "new"])).toBe(
      "schedule a already exists; choose another name, or replace it with --replace",
    );
    expect(await list()).toMatchObject([{ cron: "@daily", command: "old" }]);
    expect(await add("a", "--cron", "@hourly", "--command", "new", "--replace")).toMatch(/^Added schedule a, next/);
    await cli.ok("schedule", "pause", "a");
    expect(await add("a", "--cron", "@hourly", "--command", "newer", "--replace")).toBe(
      "Added schedule a, which is paused\n",
    );
    expect(await list()).toMatchObject([{ cron: "@hourly", command: "newer" }]);
  });

  it.each<[string[], RegExp]>([
    [["a", "--cron", "61 * * * *", "--", "x"], /^--cron, minute field: 61 is not between 0 and 59$/],
    [["a", "--cron", "* * * * * *", "--", "x"], /^--cron has 6 fields, .*; add --seconds/],
    [["a", "--cron", "0 0 31 2 *", "--", "x"], /^--cron is "0 0 31 2 \*", which matches no date; /],
    [["a", "--cron", "", "--", "x"], /^--cron is empty; /],
    [["a", "--cron", "@reboot", "--", "x"], /^--cron has no macro "@reboot"/],
    [
      ["a", "--cron", "@daily", "--tz", "Europe/Berln", "--", "x"],
      /^--tz: .*"Europe\/Berln"; did you mean Europe\/Berlin\?$/,
    ],
    [["a", "--cron", "@daily", "--overlap", "skp", "--", "x"], /^--overlap cannot be "skp"; did you mean skip\?$/],
    [
      ["a", "--cron", "@daily", "--catchup", "some", "--", "x"],
      /^--catchup cannot be "some"; known: none, latest, all$/,
    ],
    [["a", "--cron", "@daily", "--timeout", "soon", "--", "x"], /^--timeout is "soon", which is not a duration/],
    [["a", "--cron", "@daily", "--queue", "a b", "--", "x"], /^the queue name "a b" is not valid/],
    [["a", "--cron", "@daily", "--env", "A", "--", "x"], /^--env is "A"/],
    [["a", "--cron", "@daily", "--command", ""], /^--command is empty$/],
    [["a", "--cron", "@daily", "--command", "x", "--", "y"], /^--command and a command after -- cannot be combined/],
    [["a", "--cron", "@daily"], /^there is no command to run; for example: /],
    [["a", "--cron", "@daily", "--"], /^there is no command to run; for example: /],
    [["a", "--", "x"], /^queuectl schedule add needs --cron; for example: /],
    [["a b", "--cron", "@daily", "--", "x"], /^the schedule name "a b" is not valid/],
    [["a", "--cron", "@daily", "--run-at", "x", "--", "x"], /^queuectl schedule add has no flag --run-at/],
    [["--cron", "@daily", "--", "x"], /^queuectl schedule add needs NAME/],
  ])("refuses %j and keeps nothing", async (words, message) => {
    await cli.makeQueue();
    expect(await cli.fails(2, ["schedule", "add", ...words])).toMatch(message);
    expect(await list()).toEqual([]);
  });
});

describe("schedules", () => {
  it("are listed, by name", async () => {
    await cli.makeQueue();
    expect(await cli.ok("schedule", "list")).toBe("No schedules\n");
    expect(await list()).toEqual([]);
    await add("b", "--cron", "@yearly", "--tz", "UTC", "--command", "echo b");
    await add("a", "--cron", "*/5 * * * *", "--tz", "Asia/Tokyo", "--command", "echo a");
    await cli.ok("schedule", "pause", "b");
    const lines = (await cli.ok("schedule", "list")).split("\n");
    expect(lines[0]).toMatch(/^NAME +CRON +ZONE +NEXT +COMMAND$/);
    expect(lines[1]).toMatch(/^a +\*\/5 \* \* \* \* +Asia\/Tokyo +in \S.* echo a$/);
    expect(lines[2]).toMatch(/^b +@yearly +UTC +paused +echo b$/);
  });

  it("are listed with the state of their last job", async () => {
    await add("a", "--cron", "@yearly", "--tz", "UTC", "--command", "echo a");
    expect(await list()).toMatchObject([{ last_job: null, last_state: null }]);
    await cli.ok("schedule", "run", "a");
    const id = String((await list())[0]?.last_job);
    expect(await list()).toMatchObject([{ last_state: "pending" }]);
    await cli.settle(id, await cli.claim(id), { kind: "failed", exitCode: 1 });
    expect(await cli.ok("schedule", "list")).toMatch(/^NAME +CRON +ZONE +NEXT +LAST RUN +LAST JOB.*\na .* failed /);
    await cli.ok("jobs", "delete", id);
    expect(await list()).toMatchObject([{ last_job: id, last_state: null }]);
  });

  it("are shown, with what came of their times", async () => {
    await add("a", "--cron", "*/5 * * * *", "--tz", "UTC", "--tag", "t", "--env", "A=1 2", "--command", "echo a");
    const id = (await cli.ok("schedule", "run", "a", "-q")).trim();
    const text = await cli.ok("schedule", "show", "a");
    for (const line of [/^Schedule +a$/m, /^Cron +\*\/5/m, /^Zone +UTC$/m, /^Environment +A='1 2'$/m, /^Tags +t$/m])
      expect(text).toMatch(line);
    expect(text).toMatch(new RegExp(`^\\d{4}-.* manual +${id}$`, "m"));
    expect(await cli.json("schedule", "show", "a")).toMatchObject({
      ...{ name: "a", last_job: id, job: { tags: ["t"] } },
      ticks: [{ outcome: "manual", job: id, note: null, scheduled_at: expect.any(String) }],
    });
    expect(await cli.ok("show", id)).toMatch(/^Schedule +a, for \d{4}-/m);
  });

  it("say their next times, in their zone and in UTC", async () => {
    await add("a", "--cron", "0 12 * * *", "--tz", "Asia/Kolkata", "--command", "x");
    const lines = (await cli.ok("schedule", "next", "a")).trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d 12:00:00 \+05:30 {2}\S/);
    const next = await cli.json<{ at: string; local: string }[]>("schedule", "next", "a", "-n", "3");
    expect(next).toHaveLength(3);
    for (const { at, local } of next) {
      expect([at, local]).toEqual([
        expect.stringMatching(/T06:30:00.000Z$/),
        expect.stringMatching(/T12:00:00\+05:30$/),
      ]);
      expect(Date.parse(local)).toBe(Date.parse(at));
    }
    expect(await cli.fails(2, ["schedule", "next", "a", "-n", "0"])).toMatch(/^-n is "0"/);
  });

  it("are paused, resumed and removed", async () => {
    await add("a", "--cron", "@hourly", "--command", "x");
    for (const _ of ["once", "twice"]) expect(await cli.ok("schedule", "pause", "a")).toBe("Paused schedule a\n");
    expect(await cli.json("schedule", "pause", "a")).toMatchObject({ name: "a", paused: true, next_at: null });
    expect(await cli.ok("schedule", "resume", "a")).toMatch(/^Resumed schedule a, next at \d{4}-/);
    expect(await cli.json("schedule", "resume", "a")).toMatchObject({ paused: false, next_at: expect.any(String) });
    const id = (await cli.ok("schedule", "run", "a", "-q")).trim();
    expect(await cli.ok("schedule", "remove", "a")).toBe("Removed schedule a\n");
    expect([await list(), await cli.ids()]).toEqual([[], [id]]);
    await add("a", "--cron", "@hourly", "--command", "x");
    expect(await cli.json("schedule", "remove", "a")).toEqual({ name: "a", removed: true });
  });

  it("enqueue a job when they are told to, also while they are paused", async () => {
    await add("a", "--cron", "@yearly", "--overlap", "queue", "--command", "x");
    await cli.ok("schedule", "pause", "a");
    expect(await cli.ok("schedule", "run", "a")).toMatch(/^Enqueued job [a-z0-9]{12} of schedule a\n$/);
    expect(await cli.json("schedule", "run", "a")).toMatchObject({ state: "blocked", schedule: "a" });
  });

  it.each([["show"], ["next"], ["pause"], ["resume"], ["remove"], ["run"]])("%s knows no other", async (verb) => {
    await add("backup", "--cron", "@daily", "--command", "x");
    expect(await cli.fails(3, ["schedule", verb, "bakup"])).toBe('there is no schedule "bakup"; did you mean backup?');
    expect(await cli.fails(3, ["schedule", verb, "zzz"])).toMatch(/; queuectl schedule list shows /);
    const { code, stdout } = await cli.run(["schedule", verb, "bakup", "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([3, { error: expect.objectContaining({ code: "not_found" }) }]);
    expect(await cli.ids()).toEqual([]);
  });

  it("are in the status, with the next one", async () => {
    await cli.makeQueue();
    expect(await cli.json("status")).toMatchObject({ schedules: { total: 0, paused: 0, next: null } });
    await add("later", "--cron", "0 0 1 1 *", "--tz", "UTC", "--command", "x");
    await add("paused", "--cron", "* * * * *", "--command", "x");
    await cli.ok("schedule", "pause", "paused");
    expect(await cli.ok("status")).toMatch(/^Schedules: +2, 1 paused, next: later in \d/m);
    const at = expect.stringMatching(/-01-01T00:00:00.000Z$/);
    expect(await cli.json("status")).toMatchObject({ schedules: { total: 2, paused: 1, next: { name: "later", at } } });
  });
});

describe("schedule edit", () => {
  const shown = () => cli.json<ScheduleJson>("schedule", "show", "s");
  beforeEach(async () => {
    const flags = ["--tz", "Asia/Tokyo", "--overlap", "queue", "--catchup", "all", "--priority", "3", "--env", "A=1"];
    await add("s", "--cron", "0 2 * * *", ...flags, "--", "true");
  });

  it.each<[string[], object, object]>([
    [["--cron", "0 4 * * *"], { cron: "0 4 * * *" }, {}],
    [["--cron", "5 0 4 * * *", "--seconds"], { cron: "5 0 4 * * *", seconds: true }, {}],
    [["--tz", "UTC"], { tz: "UTC" }, {}],
    [["--overlap", "allow"], { overlap: "allow" }, {}],
    [["--priority", "7"], {}, { priority: 7 }],
    [["--env", "B=2"], {}, { env: { A: "1", B: "2" } }],
    [["--", "echo", "a b"], { command: ["echo", "a b"] }, {}],
  ])("%j changes that and nothing else", async (flags, fields, keys) => {
    await cli.ok("schedule", "pause", "s");
    const { updated_at: _, next_at: __, job, ...before } = await shown();
    await cli.ok("schedule", "edit", "s", ...flags);
    const { updated_at: ___, next_at: ____, job: edited, ...after } = await shown();
    expect(after).toEqual({ ...before, ...fields });
    expect(edited).toEqual({ ...(job as object), ...keys });
  });

  it("removes a value with none, and single variables", async () => {
    const { job: before, ...schedule } = await shown();
    const given = ["--timeout=5m", "--nice=3", "--unique=u", "--on-conflict=skip", "--limit-key=k", "--limit=2"];
    const rest = ["--retry-on=1", "--deadline=1h", "--tag=a", "--env=B=2", "--webhook-url=https://a.example"];
    await cli.ok("schedule", "edit", "s", ...given, ...rest, "--webhook-events=dead");
    expect(Object.keys((await shown()).job as object)).toHaveLength(Object.keys(before as object).length + 11);
    const none = ["timeout", "nice", "unique", "limit-key", "retry-on", "deadline", "tag", "webhook-url"];
    await cli.ok("schedule", "edit", "s", ...none.map((flag) => `--${flag}=none`), "--unset-env", "B");
    const { job: after, updated_at: _, next_at: __, ...same } = await shown();
    expect(after).toEqual(before);
    expect(schedule).toMatchObject(same);
    await cli.ok("schedule", "edit", "s", "--unset-env", "A", "--tz", "none", "--queue", "none");
    const { env: ___, ...bare } = before as { readonly env: object };
    expect(await shown()).toMatchObject({ tz: Intl.DateTimeFormat().resolvedOptions().timeZone });
    expect((await shown()).job).toEqual({ ...bare, queue: "none" });
  });

  it("says when the next job will be", async () => {
    expect(await cli.ok("schedule", "edit", "s", "--cron", "0 4 * * *")).toMatch(
      /^Edited schedule s, next at \d{4}-\d\d-\d\d 04:00:00 \+09:00\n$/,
    );
  });

  it.each<[number, string[], RegExp]>([
    [3, ["t", "--cron", "@daily"], /^there is no schedule "t"/],
    [2, ["s"], /^there is nothing to change; for example: queuectl schedule edit/],
    [2, ["s", "--cron", "61 * * * *"], /61/],
    [2, ["s", "--overlap", "maybe"], /--overlap/],
    [2, ["s", "--priority", "high"], /--priority is "high"/],
    [2, ["s", "--command", "a", "--", "b"], /cannot be combined/],
    [2, ["s", "--unset-env", "Z"], /^schedule s sets no variable "Z"; it sets A$/],
    [2, ["s", "--limit-key", "none", "--limit", "3"], /--limit-key and --limit belong together/],
  ])("%i: %j is refused and changes nothing", async (code, words, message) => {
    const before = await cli.json("schedule", "list");
    expect(await cli.fails(code, ["schedule", "edit", ...words])).toMatch(message);
    expect(await cli.json("schedule", "list")).toEqual(before);
  });
});
