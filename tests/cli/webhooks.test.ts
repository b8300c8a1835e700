/** Webhooks against a real receiver, which verifies them as the documentation says. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { Receiver } from "../support/receiver.js";
import type { JobJson } from "../support/shown-job.js";
import { waitFor } from "../support/wait-for.js";

const SECRET = "correct horse battery staple";

let cli: Cli;
let receiver: Receiver;
beforeEach(async () => {
  cli = new Cli();
  receiver = await Receiver.listen();
});
afterEach(async () => {
  await cli.dispose();
  await receiver.close();
});

const drain = async () => expect(await cli.run(["worker", "start", "--drain"])).toMatchObject({ code: 0 });
const deliveries = () => cli.json<JobJson[]>("list", "--queue", "_hooks");

/** As docs/recipes.md tells receivers. */
const recipes = readFileSync(new URL("../../docs/recipes.md", import.meta.url), "utf8");
const [, snippet = ""] = /```js\n(import \{ createHmac.*?)```/s.exec(recipes) ?? [];
const { isGenuine } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(snippet)}`);
const isSigned = (header: unknown, body: string, secret = SECRET): boolean => isGenuine(secret, String(header), body);

async function useWebhook(...more: string[]): Promise<void> {
  writeFileSync(`${cli.folder}/secret`, `${SECRET}\n`);
  await cli.ok("queue", "set", "default", "--webhook-url", receiver.url, "--webhook-secret-file", "secret", ...more);
  await cli.ok("config", "set", "backoff-base", "0");
}

describe("a webhook", () => {
  it("posts the end of a job, signed, under the id of its delivery", async () => {
    await useWebhook();
    await cli.ok("enqueue", "--id", "a", "--max-retries", "1", "--tag", "x", "--command", "echo 'ü'; exit 3");
    await drain();
    expect(receiver.requests).toHaveLength(1);
    const [{ headers, body, method }] = receiver.requests as [(typeof receiver.requests)[0]];
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: "completed", attempts: 1, command: ["queuectl", "webhook", "deliver"] });
    expect(method).toBe("POST");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": delivery?.id,
      "x-queuectl-delivery": delivery?.id,
      "x-queuectl-event": "dead",
    });
    expect(isSigned(headers["x-queuectl-signature"], body)).toBe(true);
    expect(isSigned(headers["x-queuectl-signature"], `${body} `)).toBe(false);
    expect(isSigned(headers["x-queuectl-signature"], body, "another")).toBe(false);
    expect(isSigned(String(headers["x-queuectl-signature"]).replace(/\d+/, "1700000000"), body)).toBe(false);
    expect(isSigned("", body)).toBe(false);
    const { finished_at, started_at } = await cli.json<JobJson>("show", "a");
    expect(JSON.parse(body)).toEqual({
      event: "dead",
      delivery_id: delivery?.id,
      occurred_at: finished_at,
      job: {
        ...{ id: "a", command: "echo 'ü'; exit 3", state: "dead", queue: "default", attempts: 1, exit_code: 3 },
        ...{ signal: null, last_error: "exited with code 3", started_at, finished_at, tags: ["x"] },
      },
    });
  });

  it("tells its secret nowhere", async () => {
    await useWebhook();
    await cli.ok("enqueue", "--id", "a", "--command", "cat /proc/*/cmdline /proc/*/environ 2>/dev/null; true");
    const { stdout, stderr } = await cli.run(["worker", "start", "--drain"]);
    const [delivery] = await deliveries();
    const said = [stdout, stderr, await cli.ok("queue", "show", "default", "--json"), await cli.ok("config", "list")];
    for (const id of ["a", delivery?.id as string])
      for (const words of [
        ["show", id, "--json"],
        ["show", id],
        ["logs", id],
      ])
        said.push(await cli.ok(...words));
    expect(said.join("\n")).not.toContain(SECRET);
  });

  it("takes its secret from stdin too, and gives it up", async () => {
    const set = (...words: string[]) => cli.run(["queue", "set", "default", ...words], { input: `${SECRET}\n` });
    await set("--webhook-url", receiver.url, "--webhook-secret", "-");
    await cli.ok("webhook", "test", "default");
    await cli.ok("queue", "set", "default", "--webhook-secret", "none");
    await cli.ok("webhook", "test", "default");
    const [first, second] = receiver.requests;
    expect(isSigned(first?.headers["x-queuectl-signature"], first?.body ?? "")).toBe(true);
    expect(second?.headers).not.toHaveProperty("x-queuectl-signature");
  });

  it("is sent again after an error of the receiver, with the same id and body", async () => {
    await useWebhook();
    receiver.answers = [500, 429, 302];
    await cli.ok("enqueue", "--command", "true");
    await drain();
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/", "/", "/", "/"]);
    expect(new Set(receiver.requests.map(({ body, headers }) => body + headers["idempotency-key"])).size).toBe(1);
    expect(await deliveries()).toMatchObject([{ state: "completed", attempts: 4, max_retries: 8 }]);
  });

  it.each([410, 401])("is not sent again after a %i", async (status) => {
    await useWebhook();
    receiver.answers = [status];
    await cli.ok("enqueue", "--command", "true");
    await drain();
    expect(receiver.requests).toHaveLength(1);
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: "dead", attempts: 1, exit_code: 76 });
    const id = delivery?.id as string;
    const answer = `the receiver answered ${status}`;
    expect(await cli.ok("logs", id)).toContain(answer);
    expect(await cli.json("dlq", "list")).toMatchObject([{ id, last_error: expect.stringContaining(answer) }]);
    expect(await cli.ok("explain", id)).toContain(`${answer} ${status === 410 ? "Gone" : "Unauthorized"}: so it is`);
  });

  it("has its ten seconds, whatever job-timeout says", async () => {
    await useWebhook();
    await cli.ok("config", "set", "job-timeout", "10ms");
    await cli.ok("enqueue", "--timeout", "1m", "--command", "true");
    await drain();
    expect(await deliveries()).toMatchObject([{ state: "completed", attempts: 1, timeout: 30 }]);
  });

  it("of a job goes to where the job says, for the events that it names", async () => {
    const words = ["--webhook-url", receiver.url, "--webhook-events", "failed", "--max-retries", "2"];
    await cli.ok("config", "set", "backoff-base", "0");
    await cli.ok("enqueue", ...words, "--command", "exit 1");
    await drain();
    expect(receiver.requests.map(({ headers }) => headers["x-queuectl-event"])).toEqual(["failed"]);
    expect(receiver.requests[0]?.headers).not.toHaveProperty("x-queuectl-signature");
  });
});

describe("a receiver that hangs", () => {
  it("holds one slot, and the work goes on in the others", async () => {
    let answer = () => {};
    receiver.held = new Promise((resolve) => {
      answer = resolve;
    });
    await useWebhook();
    for (const id of ["a", "b", "c"]) await cli.ok("enqueue", "--id", id, "--command", "true");
    await cli.ok("enqueue", "--id", "other", "--queue", "other", "--command", "true");
    const workers = cli.start(["worker", "start", "--drain", "--count", "2"]);
    const counts = async () => (await cli.json<{ jobs: Record<string, number> }>("status")).jobs;
    await waitFor("the work to be done", async () => (await counts()).completed === 4);
    await waitFor("the first request", () => receiver.requests.length === 1);
    const waiting = await cli.json<JobJson[]>("list", "--queue", "_hooks", "--state", "pending");
    expect(waiting).toHaveLength(2);
    const [{ id }] = waiting as [JobJson];
    expect(await cli.ok("explain", id)).toContain(`another delivery to ${new URL(receiver.url).origin} is under way`);
    answer();
    expect(await workers.ended).toMatchObject({ code: 0 });
    expect(receiver.requests).toHaveLength(3);
  });
});

describe("webhook test", () => {
  it("sends one now and says what came of it", async () => {
    await useWebhook();
    expect(await cli.ok("webhook", "test", "default")).toMatch(/^http:.+: the receiver answered 200 OK \(\d+ ms\)\n$/);
    const [request] = receiver.requests;
    expect(isSigned(request?.headers["x-queuectl-signature"], request?.body ?? "")).toBe(true);
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ event: "test", job: { queue: "default" } });
    receiver.answers = [503];
    const refused = await cli.run(["webhook", "test", "default", "--json"]);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, status: 503, signed: true, url: receiver.url });
  });

  it("says that nobody listens, and that a queue has no webhook", async () => {
    await receiver.close();
    const { code, stderr } = await cli.run(["webhook", "test", "--url", receiver.url]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("cannot be reached") });
    expect(await cli.run(["webhook", "test", "mail"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("the queue mail has no webhook"),
    });
  });
});
