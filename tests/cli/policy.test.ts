import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { waitFor } from "../support/wait-for.js";

let cli: Cli;
beforeEach(async () => {
  cli = new Cli("this process");
  await cli.makeQueue();
});
afterEach(() => cli.dispose());

const NOTHING = {
  ...{ max_retries: null, backoff: null, backoff_base: null, backoff_max: null, jitter: null, retry_on: null },
  ...{ no_retry_on: null, snooze_on: null, snooze_delay: null, timeout: null, deadline: null },
};

describe("policy", () => {
  it("set makes one and changes what is given, none takes it back; show, list and remove", async () => {
    expect(await cli.ok("policy", "list")).toMatch(/^No policies; /);
    expect(await cli.json("policy", "list")).toEqual([]);
    const flags = ["--max-retries", "5", "--backoff", "fixed", "--backoff-max", "90s", "--retry-on", "1,75"];
    const said = "max-retries=5 backoff=fixed backoff-max=90s retry-on=1,75";
    expect(await cli.ok("policy", "set", "api", ...flags)).toBe(`Policy api: ${said}\n`);
    expect(await cli.ok("policy", "set", "api", "--retry-on", "none", "--snooze-on", "75", "--timeout", "0")).toBe(
      "Policy api: max-retries=5 backoff=fixed backoff-max=90s snooze-on=75 timeout=0s\n",
    );
    expect(await cli.ok("policy", "show", "api")).toBe(
      "max-retries=5\nbackoff=fixed\nbackoff-max=90s\nsnooze-on=75\ntimeout=0s\n",
    );
    const json = { ...NOTHING, max_retries: 5, backoff: "fixed", backoff_max: 90, snooze_on: [75], timeout: 0 };
    expect(await cli.json("policy", "show", "api")).toEqual({ name: "api", ...json });
    await cli.ok("policy", "set", "b", "--jitter", "0.5");
    expect(await cli.json("policy", "list")).toEqual([
      { name: "api", ...json },
      { name: "b", ...NOTHING, jitter: 0.5 },
    ]);
    expect((await cli.ok("policy", "list")).split("\n")[0]).toMatch(/^POLICY +MAX RETRIES +BACKOFF .*JITTER$/);
    expect(await cli.ok("policy", "remove", "b")).toBe("Removed policy b\n");
    expect(await cli.json("policy", "remove", "api")).toEqual({ name: "api", removed: true });
    expect(await cli.json("policy", "list")).toEqual([]);
  });

  it("is no setting", async () => {
    await cli.ok("policy", "set", "api", "--max-retries", "5");
    expect(await cli.ok("config", "list")).not.toContain("api");
    expect(await cli.fails(2, ["config", "get", "policy.api"])).toMatch(/^there is no configuration key/);
  });

  it.each<[string[], RegExp]>([
    [["policy", "set", "api"], /^queuectl policy set needs something to set; /],
    [["policy", "set"], /^queuectl policy set needs NAME/],
    [["policy", "set", "a b", "--jitter", "0"], /^the policy name "a b" is not valid/],
    [["policy", "set", "api", "--retry-on", "0"], /^--retry-on is 0: it is success/],
    [["policy", "set", "api", "--retry-on", "1,x"], /^--retry-on is "1,x"; give exit codes/],
    [["policy", "set", "api", "--retry-on", "256"], /^--retry-on is "256"; give exit codes/],
    [["policy", "set", "api", "--retry-on", ""], /^--retry-on is ""; give exit codes/],
    [
      ["policy", "set", "api", "--retry-on", "1,2", "--no-retry-on", "2"],
      /^--no-retry-on has .* 2, which --retry-on has/,
    ],
    [
      ["policy", "set", "api", "--backoff", "2"],
      /^--backoff is "2": it must be exponential or fixed, and --backoff-base has the number$/,
    ],
    [["policy", "set", "api", "--backoff", "linear"], /^--backoff is "linear": it must be exponential or fixed$/],
    [["policy", "set", "api", "--max-retries", "0"], /^--max-retries is "0"/],
    [["policy", "set", "api", "--jitter", "2"], /^--jitter is 2: it must be at most 1$/],
    [["policy", "set", "api", "--deadline", "0"], /^--deadline is 0/],
    [["policy", "set", "api", "--timeuot", "0"], /--timeout/],
    [["policy", "sett", "api"], /did you mean: queuectl policy set$/],
  ])("%j is a usage error, and nothing is written", async (words, message) => {
    expect(await cli.fails(2, words)).toMatch(message);
    expect(await cli.json("policy", "list")).toEqual([]);
  });

  it("has no two meanings for an exit code, also one after the other", async () => {
    await cli.ok("policy", "set", "api", "--snooze-on", "75");
    expect(await cli.fails(2, ["policy", "set", "api", "--retry-on", "75"])).toMatch(/75, which --retry-on has too$/);
    await cli.ok("policy", "set", "api", "--retry-on", "75", "--snooze-on", "none");
  });

  it("that there is not is answered with the nearest one, exit 3", async () => {
    for (const verb of ["show", "remove"]) {
      expect(await cli.fails(3, ["policy", verb, "x"])).toMatch(/^there is no policy "x"; there are none yet/);
    }
    await cli.ok("policy", "set", "mail", "--jitter", "0");
    expect(await cli.fails(3, ["policy", "show", "mai"])).toBe('there is no policy "mai"; did you mean mail?');
    expect(await cli.fails(3, ["enqueue", "--policy", "mai", "--command", "true"])).toContain("did you mean mail?");
    const file = cli.write("jobs.ndjson", '{"command":"true"}\n{"command":"true","policy":"mai"}\n');
    expect(await cli.fails(3, ["enqueue", "--file", file])).toMatch(/line 2: there is no policy "mai"/);
    expect(await cli.ids()).toEqual([]);
  });

  it("that unfinished jobs name is not removed, exit 6", async () => {
    await cli.ok("policy", "set", "api", "--max-retries", "1");
    await cli.ok("enqueue", "--id", "a", "--policy", "api", "--command", "true");
    expect(await cli.fails(6, ["policy", "remove", "api"])).toMatch(/^unfinished jobs have the policy api: a; /);
    await cli.ok("cancel", "a");
    await cli.ok("policy", "remove", "api");
  });
});

describe("a job with a policy", () => {
  it("goes by its own words, then its policy, then the configuration", async () => {
    await cli.ok("config", "set", "backoff-max", "7m");
    const flags = [
      "--max-retries",
      "9",
      "--backoff",
      "fixed",
      "--backoff-base",
      "0",
      "--timeout",
      "5s",
      "--deadline",
      "1h",
    ];
    await cli.ok("policy", "set", "api", ...flags, "--snooze-on", "75", "--no-retry-on", "2");
    await cli.ok(
      "enqueue",
      "--id",
      "a",
      "--policy",
      "api",
      "--max-retries",
      "2",
      "--retry-on",
      "75",
      "--command",
      "true",
    );
    expect(await cli.json("show", "a")).toMatchObject({
      ...{ policy: "api", max_retries: 2, backoff: "fixed", backoff_base: 0, backoff_max: 420, timeout: 5 },
      ...{ retry_on: [75], no_retry_on: [2], snooze_on: null, deadline: expect.any(Number) },
    });
    const text = await cli.ok("show", "a");
    expect(text).toMatch(/^Policy +api$/m);
    expect(text).toMatch(/^Retries +only on exit code 75; not on exit code 2$/m);
    expect(text).toMatch(/^Backoff +\S+s after each attempt, at most 7m/m);
  });

  it("is run by what the policy says when it is claimed", async () => {
    await cli.ok("policy", "set", "api", "--max-retries", "5", "--backoff-base", "0");
    await cli.ok("enqueue", "--id", "a", "--policy", "api", "--command", "exit 3");
    await cli.ok("enqueue", "--id", "b", "--policy", "api", "--max-retries", "4", "--command", "exit 3");
    await cli.ok("policy", "set", "api", "--max-retries", "2");
    expect((await cli.run(["worker", "start", "--drain"])).code).toBe(0);
    expect(await cli.json("show", "a")).toMatchObject({ state: "dead", attempts: 2 });
    expect(await cli.json("show", "b")).toMatchObject({ state: "dead", attempts: 4 });
  });

  it("that was written past queuectl and cannot be used stops no worker, is named, and can be removed", async () => {
    await cli.ok("policy", "set", "api", "--max-retries", "1");
    await cli.ok("policy", "set", "good", "--max-retries", "2");
    await cli.ok("enqueue", "--id", "a", "--policy", "api", "--backoff-base", "0", "--command", "exit 3");
    await cli.inside((_, store) => store.settings.set("policy.api", '{"maxRetries":"few"}'));
    const wrong =
      'the policy api cannot be used: "max_retries" is "few": it must be a number; remove it, and set it again';
    for (const words of [
      "policy show api",
      "policy list",
      "enqueue --policy api --command x",
      "policy set api --jitter 0",
    ])
      expect(await cli.fails(78, words.split(" "))).toContain(wrong);
    const doctor = await cli.run(["doctor", "--json"]);
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([expect.objectContaining({ name: "policies", status: "problem" })]),
    });
    await cli.ok("enqueue", "--id", "b", "--policy", "good", "--backoff-base", "0", "--command", "exit 3");
    const { code, stderr } = await cli.run(["worker", "start", "--drain"]);
    expect(code).toBe(0);
    expect(stderr).toContain("there is no policy api that can be used: job a runs as configured");
    expect(await cli.json("show", "a")).toMatchObject({ state: "dead", attempts: 3 });
    expect(await cli.json("show", "b")).toMatchObject({ state: "dead", attempts: 2 });
    expect(await cli.ok("policy", "remove", "api")).toBe("Removed policy api\n");
    expect(await cli.json("policy", "list")).toMatchObject([{ name: "good", max_retries: 2 }]);
  });

  it("that is gone runs as configured, with a warning", async () => {
    await cli.ok("policy", "set", "api", "--max-retries", "1");
    await cli.ok("enqueue", "--id", "a", "--policy", "api", "--backoff-base", "0", "--command", "exit 3");
    // Another process may remove it between the look at the jobs and the deletion; so it is done past the check here.
    await cli.inside((_, store) => store.settings.set("policy.api", null));
    const { stderr } = await cli.run(["worker", "start", "--drain"]);
    expect(stderr).toContain(
      `there is no policy api that can be used: job a runs as configured; queuectl --home ${cli.home} policy show api says more`,
    );
    expect(await cli.json("show", "a")).toMatchObject({ state: "dead", attempts: 3 });
  });
});

describe("exit codes", () => {
  const enqueue = (id: string, code: number, ...flags: string[]) =>
    cli.ok("enqueue", "--id", id, "--backoff-base", "0", ...flags, "--command", `exit ${code}`);

  it("decide whether a job is tried again", async () => {
    await enqueue("only", 2, "--retry-on", "1,75");
    await enqueue("listed", 75, "--retry-on", "1,75");
    await enqueue("final", 2, "--no-retry-on", "2");
    await enqueue("other", 3, "--no-retry-on", "2");
    expect((await cli.run(["worker", "start", "--drain"])).code).toBe(0);
    const attempts = async (id: string) => (await cli.json("show", id)).attempts;
    expect(await attempts("only")).toBe(1);
    expect(await attempts("listed")).toBe(3);
    expect(await attempts("final")).toBe(1);
    expect(await attempts("other")).toBe(3);
  });

  it("put a job off without counting the attempt, until it is ready or its deadline is near", async () => {
    const when = "--snooze-delay";
    const ready = '[ "$QUEUECTL_ATTEMPT" -ge 13 ] || exit 75';
    await cli.ok(
      "enqueue",
      "--id",
      "busy",
      "--snooze-on",
      "75",
      when,
      "100ms",
      "--max-retries",
      "1",
      "--command",
      ready,
    );
    await enqueue("late", 75, "--snooze-on", "75", "--deadline", "5m", when, "10m");
    await enqueue("later", 75, "--snooze-on", "75");
    const worker = cli.start(["worker", "start"]);
    await worker.says("stdout", "started");
    await cli.ok("wait", "busy");
    await waitFor(
      "the others",
      async () => (await cli.json<{ history: unknown[] }>("show", "later")).history.length > 0,
    );
    await cli.ok("worker", "stop");
    await worker.ended;
    const busy = await cli.json<{ history: unknown[] }>("show", "busy");
    expect(busy).toMatchObject({ state: "completed", attempts: 1 });
    expect(busy.history).toHaveLength(13);
    expect(await cli.json("show", "late")).toMatchObject({ state: "dead", attempts: 1, exit_code: 75 });
    const later = await cli.json("show", "later");
    expect(later).toMatchObject({ state: "pending", attempts: 0, exit_code: 75 });
    expect(Date.parse(String(later.run_at)) - Date.parse(String(later.updated_at))).toBe(60_000);
  });

  it("end an attempt at the job's deadline, and say so", async () => {
    await cli.ok("enqueue", "--id", "late", "--deadline", "4s", "--command", "sleep 1000");
    expect((await cli.run(["worker", "start", "--drain"])).code).toBe(0);
    const { state, last_error } = await cli.json("show", "late");
    expect({ state, last_error }).toEqual({ state: "dead", last_error: "timed out: its deadline was over" });
  });

  it.each<[string[], RegExp]>([
    [["--retry-on", "0"], /^--retry-on is 0: it is success/],
    [["--snooze-on", "1", "--retry-on", "1"], /^--snooze-on has the exit code 1, which --retry-on has too$/],
    [["--nice", "20"], /^--nice is "20"; give a whole number from -20 to 19$/],
    [["--memory", "much"], /^--memory is "much", which is not a size/],
    [["--cpu-time", "1500ms"], /^--cpu-time is "1500ms"; give whole seconds/],
    [["--policy", ""], /^the policy name "" is not valid/],
  ])("%j is a usage error", async (flags, message) => {
    expect(await cli.fails(2, ["enqueue", ...flags, "--command", "true"])).toMatch(message);
    expect(await cli.ids()).toEqual([]);
  });
});

it("resources are shown, and the job has them", async () => {
  const asked = ["--nice", "3", "--memory", "512M", "--cpu-time", "1m"];
  await cli.ok("enqueue", "--id", "a", ...asked, "--command", "nice; ulimit -v; ulimit -t");
  await cli.ok("enqueue", '{"id":"b","command":["nice"],"nice":-1}');
  expect((await cli.run(["worker", "start", "--once"])).code).toBe(0);
  const job = await cli.json<{ stdout: string }>("show", "a");
  expect(job).toMatchObject({ state: "completed", nice: 3, memory: 512 * 1024 ** 2, cpu_time: 60 });
  expect(job.stdout.split("\n").slice(1)).toEqual([String(512 * 1024), "60", ""]);
  expect(await cli.ok("show", "a")).toMatch(/^Resources +nice 3, 512M of memory, 1m of processor time$/m);
  expect(await cli.json("show", "b")).toMatchObject({ nice: -1, memory: null });
});
