/** Output that any host can read: large streams in chunks. A store of one host has none. */
import { expect, it, type TestContext } from "vitest";
import { CHUNK_BYTES, type ChunkKey, type OutputChunks } from "../../../src/store/contract/store.js";
import { BURY, COMPLETE, large, newJob, processing, settle, short } from "../harness.js";
import type { Current } from "../store-suite.js";

const ALL = { states: ["completed"], olderThanMs: 0 } as const;
const LOST = { kind: "lost", message: "gone" } as const;

export function outputCases(current: Current): void {
  const open = ({ skip }: TestContext) => {
    const { store, clock } = current();
    if (store.chunks === null) return skip("its streams stay in files");
    return { store, clock, chunks: store.chunks };
  };

  it("keeps each chunk as it was put last, for any connection", async (context) => {
    const { chunks } = open(context);
    const key: ChunkKey = { fence: 1, stream: "stdout", number: 0 };
    const bytes = Buffer.alloc(CHUNK_BYTES, Buffer.from([0, 255, 0xc3, 10]));
    await chunks.put(key, bytes.subarray(5));
    await chunks.put(key, bytes);
    const other = (await current().connect()).chunks;
    expect(bytes.equals((await other?.get(key)) ?? Buffer.alloc(0))).toBe(true);
    expect(await other?.get({ ...key, number: 1 })).toBeNull();
    expect(await other?.get({ ...key, stream: "stderr" })).toBeNull();
    expect(await other?.get({ ...key, fence: 2 })).toBeNull();
  });

  it.for(["prune", "delete", "replace"])("deletes the chunks with their attempt: %s", async (way, context) => {
    const { store, chunks } = open(context);
    const [kept, gone] = [await ended(current, "kept"), await ended(current, "gone")];
    await store.jobs.reviveAll(["kept"]);
    if (way === "prune") await store.jobs.prune(ALL, 10);
    else if (way === "delete") await store.jobs.deleteAll(["gone"]);
    else await store.jobs.insert([[newJob({ id: "gone" })]], { replace: true });
    expect(await store.jobs.output(gone)).toBeNull();
    expect(await chunks.get({ fence: gone, stream: "stdout", number: 0 })).toBeNull();
    expect(await chunks.get({ fence: kept, stream: "stdout", number: 0 })).not.toBeNull();
  });

  it("takes the output of an attempt that was ended from another host, once and whole", async (context) => {
    const { store, chunks } = open(context);
    const job = await processing(store);
    await settle(store, job, BURY, LOST, { output: { stdout: short(""), stderr: short(""), host: "web2" } });
    const other = await ended(current, "other");
    const asked = [job.fence, other, other + 1];
    expect(await store.jobs.output(job.fence)).toEqual({ stdout: short(""), stderr: short(""), host: "web2" });
    expect(await chunks.awaited(asked)).toEqual([job.fence]);

    const output = { stdout: large(store, "", CHUNK_BYTES + 3), stderr: short("why\n"), host: null };
    await put(chunks, job.fence, CHUNK_BYTES);
    expect(await chunks.attach(job.fence, output)).toBe(false);
    await put(chunks, job.fence, CHUNK_BYTES + 3);
    expect(await chunks.attach(job.fence, output)).toBe(true);
    expect(await store.jobs.output(job.fence)).toEqual(output);
    expect(await store.jobs.attempts(job.id)).toMatchObject([{ stdoutBytes: CHUNK_BYTES + 3, stderrBytes: 4 }]);
    expect(await chunks.awaited(asked)).toEqual([]);
    expect(await chunks.attach(job.fence, output)).toBe(false);
    expect(await chunks.attach(other, output)).toBe(false);
  });

  it("deletes chunks that no attempt refers to, and not too early", async (context) => {
    const { store, clock, chunks } = open(context);
    const whole = await ended(current, "whole");
    const lost = await processing(store, { id: "lost" });
    await put(chunks, lost.fence, 10);
    await settle(store, lost, COMPLETE, LOST);
    await put(chunks, 1_000_000, 10);
    clock.advance(3_600_000);
    const late = await processing(store, { id: "late" });
    await put(chunks, late.fence, 10);
    await settle(store, late, COMPLETE, LOST);
    const running = await processing(store, { id: "running" });
    await put(chunks, running.fence, 10);

    expect(await chunks.deleteOrphans()).toBe(2);
    const fences = [whole, late.fence, running.fence, lost.fence, 1_000_000];
    const found = await Promise.all(fences.map((fence) => chunks.get({ fence, stream: "stdout", number: 0 })));
    expect(found.map((bytes) => bytes !== null)).toEqual([true, true, true, false, false]);
    expect(await chunks.deleteOrphans()).toBe(0);
  });
}

async function put(chunks: OutputChunks, fence: number, size: number): Promise<void> {
  for (let number = 0; number * CHUNK_BYTES < size; number++) {
    const length = Math.min(CHUNK_BYTES, size - number * CHUNK_BYTES);
    await chunks.put({ fence, stream: "stdout", number }, Buffer.alloc(length, "x"));
  }
}

/** A job that has completed with a large stream. Resolves to the fence. */
async function ended(current: Current, id: string): Promise<number> {
  const { store } = current();
  const job = await processing(store, { id });
  if (store.chunks !== null) await put(store.chunks, job.fence, CHUNK_BYTES + 1);
  const output = { stdout: large(store, "output/1.out", CHUNK_BYTES + 1), stderr: short(""), host: null };
  await settle(store, job, COMPLETE, undefined, { output });
  return job.fence;
}
