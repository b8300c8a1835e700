import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

describe("config", () => {
  it("sets, gets and unsets, whichever way a key is spelt", async () => {
    await cli.makeQueue();
    expect(await cli.ok("config", "get", "max-retries")).toBe("3\n");
    expect(await cli.ok("config", "set", "max-retries", "5")).toBe("max-retries=5\n");
    for (const key of ["max-retries", "max_retries", "default_max_retries", "default-max-retries"])
      expect(await cli.ok("config", "get", key)).toBe("5\n");
    expect(await cli.ok("config", "set", "default_max_retries", "7")).toBe("max-retries=7\n");
    expect(await cli.ok("config", "unset", "max_retries")).toBe("max-retries=3\n");
    expect(await cli.ok("config", "get", "max-retries")).toBe("3\n");
  });

  it.each([
    ["job-timeout", "5m", "300"],
    ["grace-period", "30s", "30"],
    ["grace-period", "none", "none"],
    ["job-timeout", "0", "0"],
    ["worker-poll-interval", "500ms", "500ms"],
    ["worker-poll-interval", "0.5", "500ms"],
    ["output-limit", "65536", "64K"],
    ["retention", "14d", "14d"],
    ["retention", "0", "0"],
    ["retention", "keep", "0"],
    ["retention-dead", "90d", "90d"],
    ["retention-dead", "0", "keep"],
    ["retention_dead", "keep", "keep"],
    ["backoff-base", "1.5", "1.5"],
    ["backoff_jitter", "0.25", "0.25"],
  ])("understands %s = %s", async (key, text, printed) => {
    const name = key.replaceAll("_", "-");
    expect(await cli.ok("config", "set", key, text)).toBe(`${name}=${printed}\n`);
    expect(await cli.ok("config", "get", key)).toBe(`${printed}\n`);
  });

  it("applies to jobs that are there already", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    await cli.ok("config", "set", "max-retries", "9");
    expect(await cli.json("show", "a")).toMatchObject({ max_retries: 9 });
  });

  it("lists every key, with its origin when asked", async () => {
    await cli.ok("config", "set", "max-retries", "5");
    const text = await cli.ok("config", "list");
    expect(text).toMatch(/^KEY +VALUE +WHAT IT IS\nmax-retries +5 +attempts that a job gets/);
    expect(text.trimEnd().split("\n").length).toBe(14);
    const { stdout } = await cli.run(["config", "list", "--show-origin"], { env: { QUEUECTL_JOB_TIMEOUT: "10" } });
    expect(stdout).toMatch(/^max-retries +5 +stored/m);
    expect(stdout).toMatch(/^job-timeout +10 +environment/m);
    expect(stdout).toMatch(/^retention +7d +default/m);
  });

  it("lists every key also as config show, and as config get without a key", async () => {
    await cli.ok("config", "set", "max-retries", "5");
    const listed = await cli.ok("config", "list");
    for (const words of ["show", "get", "ls", "view"]) expect(await cli.ok("config", words)).toBe(listed);
    expect(await cli.json("config", "get")).toEqual(await cli.json("config", "list"));
    expect(await cli.json("config", "show")).toEqual(await cli.json("config", "list"));
  });

  it("sets KEY=VALUE, as it prints it", async () => {
    expect(await cli.ok("config", "set", "max_retries=5")).toBe("max-retries=5\n");
    expect(await cli.ok("config", "set", "max-retries=6")).toBe("max-retries=6\n");
    expect(await cli.ok("config", "get", "max-retries")).toBe("6\n");
    expect(await cli.ok("config", "set", "maxRetries", "7")).toBe("max-retries=7\n");
    expect(await cli.ok("config", "reset", "max_attempts")).toBe("max-retries=3\n");
  });

  it("speaks JSON: durations in seconds, sizes in bytes", async () => {
    expect(await cli.json("config", "set", "job_timeout", "5m")).toEqual({ key: "job_timeout", value: 300 });
    expect(await cli.json("config", "get", "job-timeout")).toEqual({
      key: "job_timeout",
      value: 300,
      origin: "stored",
    });
    expect(await cli.json("config", "list")).toMatchObject({
      max_retries: 3,
      job_timeout: 300,
      output_limit: 10_485_760,
    });
    expect(await cli.json("config", "list", "--show-origin")).toMatchObject({
      job_timeout: { value: 300, origin: "stored" },
      retention: { value: 604_800, origin: "default" },
    });
    expect(await cli.json("config", "unset", "job-timeout")).toEqual({ key: "job_timeout", value: 300 });
  });

  it.each<[string[], RegExp]>([
    [["get", "max-retrys"], /^there is no configuration key "max-retrys"; did you mean max-retries\?$/],
    [["set", "colour", "red"], /^there is no configuration key "colour"; known: max-retries, /],
    [["unset", "nope"], /^there is no configuration key "nope"/],
    [["set", "max-retries", "0"], /^max-retries is "0"; give a whole number from 1/],
    [["set", "max-retries", "-5"], /^max-retries is "-5"/],
    [["set", "max-retries", "2.5"], /^max-retries is "2.5"/],
    [["set", "max-retries", "many"], /^max-retries is "many"/],
    [["set", "max-retries", ""], /^max-retries is ""/],
    [["set", "job-timeout", "soon"], /^job-timeout is "soon", which is not a duration/],
    [["set", "output-limit", "big"], /^output-limit is "big", which is not a size/],
    [["set", "max-retries"], /^queuectl config set needs VALUE; for example: queuectl config set max-retries 5$/],
    [["set", "max-retries="], /^max-retries is ""/],
    [["set", "max_retries=many"], /^max-retries is "many"/],
    [["set", "=5"], /^there is no configuration key "=5"/],
    [
      ["set", "retention-days", "3"],
      /^there is no configuration key "retention-days"; the key is retention; give the unit: 7d$/,
    ],
    [["set", "worker-count", "0"], /^worker-count is "0"; give a whole number from 1/],
    [["set"], /^queuectl config set needs KEY/],
    [["set", "max-retries", "5", "6"], /^unexpected argument "6"/],
  ])("refuses %j, and stores nothing", async (words, message) => {
    expect(await cli.fails(2, ["config", ...words])).toMatch(message);
    expect(await cli.inside((_, store) => store.settings.all())).toEqual({});
  });

  it("is unusable, 78, when the environment or what is stored is wrong; setting it right still works", async () => {
    const wrong = { QUEUECTL_MAX_RETRIES: "many" };
    expect(await cli.fails(78, ["list"], { env: wrong })).toMatch(
      /QUEUECTL_MAX_RETRIES is "many"; give a whole number/,
    );
    await cli.inside((_, store) => store.settings.set("job-timeout", "soon"));
    expect(await cli.fails(78, ["status"])).toMatch(/job-timeout is "soon"/);
    expect(await cli.ok("config", "set", "job-timeout", "60")).toBe("job-timeout=60\n");
    await cli.ok("status");
  });

  it("says when the environment goes before what was just set", async () => {
    const { code, stdout, stderr } = await cli.run(["config", "set", "max-retries", "5"], {
      env: { QUEUECTL_MAX_RETRIES: "4" },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "max-retries=5\n" });
    expect(stderr).toBe("QUEUECTL_MAX_RETRIES is set in this shell and overrides it\n");
  });
});
