/** The output of attempts that are ended from another host, which has none of their files. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { filesOfOwner } from "../../src/attempt/owner.js";
import { outputPaths } from "../../src/attempt/paths.js";
import { type QueueContext, reclaim } from "../../src/attempt/reclaim.js";
import { locateHome, makeOutputDirectory } from "../../src/home/home.js";
import { readTails } from "../../src/logs/tails.js";
import { Client, contextOf } from "../../src/queue/client.js";
import { migrateQueue } from "../../src/queue/database.js";
import { removeLeftovers } from "../../src/queue/jobs/prune.js";
import type { ProcessRecord } from "../../src/store/contract/store.js";
import { ownIdentity } from "../../src/system/process/identity.js";
import { claim, newJob, processing, settle } from "../store/harness.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

const LOST = { kind: "lost", message: "its lease ran out" } as const;
const never = new AbortController().signal;
let schemas = 0;

describe.skipIf(noPostgres !== undefined)("late output", () => {
  let server: PostgresServer;
  const clients: Client[] = [];
  const folders: string[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  const newHome = () => {
    const home = mkdtempSync(join(tmpdir(), "queuectl-late-"));
    folders.push(home);
    return home;
  };
  const newQueue = async () => {
    const db = server.url(`&schema=late_${++schemas}`);
    await migrateQueue(locateHome({ home: newHome(), db }), false);
    return db;
  };
  const open = async (home: string, db: string): Promise<Client> => {
    const client = await Client.open({ home, db });
    makeOutputDirectory(client.home);
    clients.push(client);
    return client;
  };
  const fileOf = ({ home }: QueueContext, fence: number) => outputPaths(home, fence).stdout;

  it("is said to be on its host, which attaches it once it is back", async () => {
    const db = await newQueue();
    const [one, other] = [await open(newHome(), db), await open(newHome(), db)];
    const [there, here] = [contextOf(one), contextOf(other)];
    const job = await processing(there.store, { id: "a" });
    const written = "x".repeat(300_000);
    writeFileSync(fileOf(there, job.fence), written);
    await reclaim(here, { job, fence: job.fence }, LOST, { elsewhere: "web2" });

    const attempt = async () => (await other.jobs.attempts("a"))[0];
    expect(await readTails(other, await attempt())).toEqual({
      stdout: "",
      stderr: "",
      absence: expect.stringContaining("still on the host web2"),
    });
    expect((await attempt())?.error).toBe("lost: its lease ran out");

    await removeLeftovers(here.store, here.home, never);
    expect((await readTails(other, await attempt())).absence).not.toBeNull();
    await removeLeftovers(there.store, there.home, never);
    expect(await readTails(other, await attempt())).toEqual({
      stdout: written.slice(-16_384),
      stderr: "",
      absence: null,
    });
    let read = "";
    for await (const bytes of other.outputs.read(job, "stdout")) read += bytes.toString();
    expect([read === written, (await attempt())?.stdoutBytes]).toEqual([true, 300_000]);
    expect(existsSync(fileOf(there, job.fence))).toBe(false);
  });

  it("is collected at once where its files are, whatever is known of the worker", async () => {
    const context = contextOf(await open(newHome(), await newQueue()));
    const job = await processing(context.store, { id: "a" });
    writeFileSync(fileOf(context, job.fence), "here\n");
    await reclaim(context, { job, fence: job.fence }, LOST, { elsewhere: "" });
    const output = await context.store.jobs.output(job.fence);
    expect([output?.host, output?.stdout.text.toString()]).toEqual([null, "here\n"]);
  });

  it("does not take a job for one that never began because its files are elsewhere", async () => {
    const context = contextOf(await open(newHome(), await newQueue()));
    await context.store.jobs.insert([[newJob({ id: "a" })]]);
    const [job] = await claim(context.store, { limit: 0, ahead: 1 });
    if (job === undefined) throw new Error("nothing was claimed ahead");
    const taken = { job, fence: job.fence, ahead: true, pid: null };
    expect((await reclaim(context, taken, LOST, { elsewhere: "web2" }))?.settlement?.outcome.kind).toBe("lost");
  });

  it("is left alone by another queue that the home worked on, and by its own while it is needed", async () => {
    const home = newHome();
    const [first, second] = [await newQueue(), await newQueue()];
    const [one, other] = [contextOf(await open(home, first)), contextOf(await open(home, second))];
    const [held, ended] = [await processing(one.store, { id: "held" }), await processing(other.store, { id: "ended" })];
    expect(held.fence).toBe(ended.fence);
    writeFileSync(fileOf(one, held.fence), "held\n");
    writeFileSync(fileOf(other, ended.fence), "ended\n");
    await settle(other.store, ended);
    await removeLeftovers(other.store, other.home, never);
    await removeLeftovers(one.store, one.home, never);
    expect(existsSync(fileOf(one, held.fence))).toBe(true);
    expect(existsSync(fileOf(other, ended.fence))).toBe(false);
  });

  it("is looked for in the home of a worker of this host, and nowhere if it is not known where that was", async () => {
    const context = contextOf(await open(newHome(), await newQueue()));
    const owner = { ...ownIdentity(), home: "/other/home" } as ProcessRecord;
    const { home, elsewhere } = filesOfOwner(context, owner);
    expect(elsewhere).toBeUndefined();
    expect(outputPaths(home, 7).stdout).toBe(`/other/home/output/${context.store.installation}/7.out`);
    expect(filesOfOwner(context, { ...owner, hostId: "another", host: "web2" }).elsewhere).toBe("web2");
    expect(filesOfOwner(context, undefined).elsewhere).toBe("");
  });
});
