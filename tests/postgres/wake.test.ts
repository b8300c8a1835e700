/** A worker hears of what is written from another home, although it hardly ever looks by itself. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PostgresBox } from "./box.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

describe.skipIf(noPostgres !== undefined)("two homes on one queue in PostgreSQL", () => {
  let server: PostgresServer;
  const boxes: PostgresBox[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    for (const box of boxes.splice(0)) await box.dispose();
  });

  it("start a job, end it and change a queue at once", async () => {
    const here = await new PostgresBox(server).migrated();
    const there = new PostgresBox(server, here.url);
    boxes.push(here, there);
    const state = async (id: string) => (await here.json<{ state: string }>("show", id)).state;
    const reaches = here.reaches.bind(here);
    await here.ok("config", "set", "worker-poll-interval", "1h");
    await there.ok("worker", "start", "--detach", "--workers", "2", "--concurrency", "1");
    await here.ok("enqueue", "--id", "first", "--command", "true");
    await reaches("first", "completed");
    await here.ok("enqueue", "--id", "second", "--command", "sleep 1000");
    await reaches("second", "processing");
    await here.ok("cancel", "second");
    await reaches("second", "cancelled");
    await here.ok("queue", "pause", "default");
    await here.ok("enqueue", "--id", "third", "--command", "true");
    expect(await state("third")).toBe("pending");
    await here.ok("queue", "resume", "default");
    await reaches("third", "completed");
  });
});
