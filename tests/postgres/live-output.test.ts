/** The output of a running attempt as a reader on another host follows it. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { collectFiles } from "../../src/attempt/files.js";
import { outputPaths } from "../../src/attempt/paths.js";
import { truncationMarker } from "../../src/core/text/truncation-marker.js";
import { locateHome, makeOutputDirectory } from "../../src/home/home.js";
import { followAttempt } from "../../src/logs/follow.js";
import { Client, contextOf } from "../../src/queue/client.js";
import { migrateQueue } from "../../src/queue/database.js";
import { CHUNK_BYTES, type OutputChunks } from "../../src/store/contract/store.js";
import { ownIdentity } from "../../src/system/process/identity.js";
import { LiveOutput } from "../../src/worker/live-output.js";
import { COMPLETE, processing, settle } from "../store/harness.js";
import { waitFor } from "../support/wait-for.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

const SUCCEEDED = { kind: "succeeded" } as const;
const log = pino({ level: "silent" });

describe.skipIf(noPostgres !== undefined)("live output", () => {
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

  const open = async (db: string): Promise<Client> => {
    const home = mkdtempSync(join(tmpdir(), "queuectl-live-"));
    folders.push(home);
    await migrateQueue(locateHome({ home, db }), false);
    const client = await Client.open({ home, db });
    makeOutputDirectory(client.home);
    clients.push(client);
    return client;
  };

  /** A job that a worker of the host web2 runs, and a client on this host. */
  const running = async (schema: string) => {
    const db = server.url(`&schema=${schema}`);
    const [there, reader] = [contextOf(await open(db)), await open(db)];
    const { store, home } = there;
    const chunks = store.chunks as OutputChunks;
    const identity = { ...ownIdentity(), host: "web2", hostId: "another" };
    const worker = { id: "worker-1", kind: "worker", home: home.dir, pool: "default", supervisorId: null } as const;
    const state = { state: "running", restarts: 0, queues: null, slots: 1, program: null } as const;
    await store.processes.register({ ...identity, ...worker, ...state });
    const job = await processing(store, { id: "a" });
    const paths = outputPaths(home, job.fence);
    const [attempt] = await reader.jobs.attempts("a");
    if (attempt === undefined) throw new Error("there is no attempt");
    let text = "";
    const follow = () =>
      followAttempt(reader, attempt, {
        streams: ["stdout"],
        lines: null,
        write: (_, chunk) => {
          text += chunk.toString("latin1");
        },
        onAbsent: (absence) => {
          throw new Error(absence);
        },
      });
    return { store, home, chunks, job, paths, follow, text: () => text };
  };

  it("is stored while a reader follows it, cut or not, and read to its end", async () => {
    const { store, home, chunks, job, paths, follow, text } = await running("live");
    let dropped = 0;
    const live = new LiveOutput(chunks, log);
    live.begin({ fence: job.fence, paths, droppedFrom: (path) => (path === paths.stdout ? dropped : 0) });
    writeFileSync(paths.stdout, "one\n");
    const followed = follow();
    await waitFor("the first line", () => text() === "one\n");
    const line = "0123456789abcdef\n".repeat(CHUNK_BYTES / 8);
    appendFileSync(paths.stdout, line);
    await waitFor("what is larger than a chunk", () => text() === `one\n${line}`);

    // The limiter leaves out the first half of it.
    const marker = truncationMarker(CHUNK_BYTES, 1000);
    dropped = CHUNK_BYTES - marker.length;
    writeFileSync(paths.stdout, `one\n${marker}${line.slice(CHUNK_BYTES)}two\n`);
    await waitFor("what comes after the cut", () => text() === `one\n${line}two\n`);

    await live.end(job.fence);
    appendFileSync(paths.stdout, "three\n");
    const { record } = await collectFiles({ home, chunks }, job.fence, SUCCEEDED);
    await settle(store, job, COMPLETE, SUCCEEDED, record);
    expect((await followed)?.outcome).toBe("succeeded");
    expect(text()).toBe(`one\n${line}two\nthree\n`);
  });

  it("stays on its host while no reader asks for it", async () => {
    const { store, chunks, job, paths, follow, text } = await running("unwatched");
    let looks = 0;
    const watched: OutputChunks["watched"] = async (fences) => {
      const found = await chunks.watched(fences);
      looks++;
      return found;
    };
    const live = new LiveOutput({ ...chunks, watched }, log);
    live.begin({ fence: job.fence, paths, droppedFrom: () => 0 });
    writeFileSync(paths.stdout, "one\n");
    await waitFor("two looks", () => looks >= 2);
    expect(await chunks.get({ fence: job.fence, stream: "stdout", number: 0 })).toBeNull();
    const followed = follow();
    await waitFor("its first line", () => text() === "one\n");
    await live.end(job.fence);
    await settle(store, job);
    expect((await followed)?.outcome).toBe("succeeded");
  });
});
