/** Hooks, from the command line to the file that they write. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const drain = async (...words: string[]) =>
  expect(await cli.run(["worker", "start", "--drain", ...words])).toMatchObject({ code: 0 });
const read = (name: string) => readFileSync(join(cli.folder, name), "utf8");

describe("hooks of a job", () => {
  it("run at its end, with what happened in the environment and nothing of it in the command", async () => {
    const nasty = `exit 3 # $(touch pwned) '\`touch pwned\`'`;
    const hook = `printf '%s|' "$QUEUECTL_HOOK" "$QUEUECTL_HOOK_JOB_ID" "$QUEUECTL_HOOK_EXIT_CODE" "$QUEUECTL_HOOK_COMMAND" > dead`;
    await cli.ok("enqueue", "--id", "a", "--max-retries", "1", "--on-dead", hook, "--command", nasty);
    await drain();
    expect(read("dead")).toBe(`dead|a|3|${nasty}|`);
    expect(existsSync(join(cli.folder, "pwned"))).toBe(false);
  });

  it("run after each attempt that will be retried, and once when it completes", async () => {
    await cli.ok("config", "set", "backoff-base", "0");
    const spec = {
      id: "a",
      command: '[ "$QUEUECTL_ATTEMPT" -ge 3 ]',
      on_failed: 'echo "failed $QUEUECTL_HOOK_ATTEMPTS" >> said',
      on_completed: ["sh", "-c", 'echo "completed $QUEUECTL_HOOK_ATTEMPTS" >> said'],
      on_dead: "echo dead >> said",
    };
    await cli.ok("enqueue", JSON.stringify(spec));
    await drain();
    expect(read("said").trim().split("\n").sort()).toEqual(["completed 3", "failed 1", "failed 2"]);
    expect(await cli.json("list", "--queue", "_hooks")).toMatchObject([{}, {}, {}]);
  });

  it("run also where the job's directory is gone, which may be why it died", async () => {
    const hook = `echo "$PWD $QUEUECTL_HOOK_ERROR" > ${join(cli.folder, "said")}`;
    const words = ["--cwd", "gone", "--max-retries", "1", "--on-dead", hook];
    await cli.ok("enqueue", ...words, "--command", "true");
    await drain();
    expect(read("said")).toMatch(/^\/ could not start: the working directory \S+gone does not exist\n$/);
  });

  it("are shown with it", async () => {
    await cli.ok("enqueue", "--id", "a", "--on-dead", "echo oh", "--webhook-url", "http://h/", "--command", "true");
    expect(await cli.json("show", "a")).toMatchObject({
      on_dead: "echo oh",
      webhook_url: "http://h/",
      webhook_events: ["completed", "dead"],
    });
    expect(await cli.ok("show", "a")).toMatch(/On dead +echo oh\nWebhook +http:\/\/h\/ \(completed, dead\)/);
  });

  it("are retried like any job, and end in the dead-letter queue", async () => {
    await cli.ok("config", "set", "backoff-base", "0");
    await cli.ok("enqueue", "--on-completed", "echo no; exit 1", "--command", "true");
    await drain();
    expect(await cli.json("dlq", "list")).toMatchObject([{ queue: "_hooks", attempts: 3 }]);
  });

  it("run where only one queue is served", async () => {
    await cli.ok("enqueue", "--queue", "mail", "--on-completed", "echo ok > said", "--command", "true");
    await cli.ok("enqueue", "--id", "other", "--command", "true");
    await drain("--queue", "mail");
    expect(read("said")).toBe("ok\n");
    expect(await cli.json("show", "other")).toMatchObject({ state: "pending" });
  });
});

describe("hooks of a queue", () => {
  it("run for its jobs, those that are there already too, besides their own", async () => {
    await cli.ok("enqueue", "--queue", "mail", "--on-completed", "echo job >> said", "--command", "true");
    expect(await cli.ok("queue", "set", "mail", "--on-completed", "echo queue >> said")).toBe(
      "Set queue mail\nOn completed  echo queue >> said\n",
    );
    await cli.ok("enqueue", "--command", "true");
    await drain();
    expect(read("said").trim().split("\n").sort()).toEqual(["job", "queue"]);
  });

  it("are shown, and taken away", async () => {
    const url = "https://example.com/hook?a=1";
    const set = ["--on-dead", "echo oh", "--webhook-url", url, "--webhook-events", "dead,failed"];
    const all = {
      name: "mail",
      on_completed: null,
      on_failed: null,
      on_dead: "echo oh",
      webhook_url: url,
      webhook_events: ["failed", "dead"],
      webhook_signed: false,
    };
    expect(await cli.json("queue", "set", "mail", ...set)).toEqual(all);
    expect(await cli.json("queue", "show", "mail")).toEqual({
      ...all,
      concurrency: null,
      rate: null,
      max_length: null,
    });
    await cli.ok("queue", "set", "mail", "--on-dead", "none", "--webhook-url", "none");
    expect(await cli.ok("queue", "show", "mail")).toBe("The queue mail has no limits, no hooks and no webhook\n");
  });

  it.each([
    [["queue", "set", "mail"], "there is nothing to set"],
    [["queue", "set", "_hooks", "--on-dead", "x"], "begins with _"],
    [["queue", "set", "mail", "--on-dead", ""], "--on-dead is empty"],
    [["queue", "set", "mail", "--webhook-url", "ftp://h/"], '--webhook-url is "ftp://h/"'],
    [["queue", "set", "mail", "--webhook-url", "http://u:p@h/"], "a user name or a password"],
    [["queue", "set", "mail", "--webhook-events", "dead"], "there is no webhook"],
    [["queue", "set", "mail", "--webhook-url", "http://h/", "--webhook-events", "died"], '--webhook-events is "died"'],
    [["queue", "set", "mail", "--webhook-secret", "s3cret"], "others could read it"],
    [["queue", "set", "mail", "--webhook-secret-file", "/bin/sh"], "is not text; make one with openssl rand -hex 32"],
    [["queue", "set", "mail", "--webhook-secret-file", "missing"], "cannot read the webhook's secret"],
    [["enqueue", "--queue", "_hooks", "--command", "true"], "begins with _"],
    [["enqueue", "--webhook-url", "nowhere", "--command", "true"], '--webhook-url is "nowhere"'],
    [["enqueue", "--webhook-events", "dead", "--command", "true"], "there is no webhook"],
    [["enqueue", '{"command":"true","on_dead":5}'], '"on_dead" is 5'],
    [["enqueue", "--on-dead", "none", "--command", "true"], "--on-dead is none: a job has only the hooks"],
    [["webhook", "test"], "needs a queue or --url"],
    [["webhook", "test", "--url", "x"], '--url is "x"'],
    [["webhook", "deliver"], "not the job of a webhook"],
  ])("%j is a usage error, and nothing is written", async (words, said) => {
    await cli.makeQueue();
    const { code, stdout, stderr } = await cli.run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("s3cret");
    expect((await cli.json("queue", "show", "mail")) as unknown).toMatchObject({ on_dead: null, webhook_url: null });
    expect(await cli.ids()).toEqual([]);
  });
});
