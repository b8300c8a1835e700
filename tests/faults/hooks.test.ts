/** A worker dies around the end of a job that has a webhook: it is delivered at least once, always as the same delivery. */
import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { FailpointName } from "../../src/system/failpoint.js";
import { Receiver } from "../support/receiver.js";
import { Sandbox } from "../support/sandbox.js";
import type { ShownJob } from "../support/shown-job.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
let receiver: Receiver;
beforeEach(async () => {
  box = new Sandbox("dist-faults");
  receiver = await Receiver.listen();
});
afterEach(async () => {
  await box.dispose();
  await receiver.close();
});

const deliveries = () => box.json<ShownJob[]>("list", "--queue", "_hooks");

it.each<FailpointName>(["exited-unsettled", "in-transaction", "settled-unacknowledged"])(
  "killed at %s",
  async (name) => {
    const marker = box.file("reached");
    box.env.QUEUECTL_FAILPOINT = `${name}:worker:${marker}`;
    await box.ok("enqueue", "--id", "a", "--webhook-url", receiver.url, "--command", "true");
    await box.supervisor();
    const delivery = await waitFor("the delivery to be done", async () => {
      const [only, ...others] = await deliveries();
      return others.length === 0 && only?.state === "completed" && only;
    });
    expect(existsSync(marker)).toBe(true);
    expect(receiver.requests.map(({ headers }) => headers["idempotency-key"])).toEqual([delivery.id]);
    expect(await box.show("a")).toMatchObject({ state: "completed" });
  },
);

it("killed while the receiver has not answered yet", async () => {
  let answer = () => {};
  receiver.held = new Promise((resolve) => {
    answer = resolve;
  });
  await box.ok("enqueue", "--id", "a", "--webhook-url", receiver.url, "--command", "true");
  await box.supervisor();
  await waitFor("the first request", () => receiver.requests.length === 1);
  const [worker] = await box.json<{ pid: number }[]>("worker", "list");
  process.kill(worker?.pid as number, "SIGKILL");
  answer();
  await waitFor("the second request", () => receiver.requests.length === 2);
  const [delivery] = await waitFor("the delivery to be done", async () => {
    const all = await deliveries();
    return all[0]?.state === "completed" && all;
  });
  expect(receiver.requests.map(({ headers }) => headers["idempotency-key"])).toEqual([delivery?.id, delivery?.id]);
  expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);
});
