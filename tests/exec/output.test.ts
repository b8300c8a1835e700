import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { collectOutput } from "../../src/exec/output.js";
import { OutputLimiter } from "../../src/exec/output-limiter.js";
import { waitFor } from "../support/wait-for.js";
import { bench } from "./bench.js";

/** Root may read everything. */
function asNobody<T>(act: () => T): T {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

function fileOf(content: string | Buffer): string {
  const path = bench().path("stream");
  writeFileSync(path, content);
  return path;
}

describe("collecting a stream", () => {
  test("that is empty needs no file", () => {
    expect(collectOutput(fileOf(""))).toEqual({ bytes: 0, text: Buffer.alloc(0), file: null });
  });

  test("that never was is an empty one", () => {
    expect(collectOutput("/no/such/file")).toEqual({ bytes: 0, text: Buffer.alloc(0), file: null });
  });

  test.each([1, 16 * 1024])("of %i bytes takes it whole", (bytes) => {
    const content = Buffer.alloc(bytes, Buffer.from([0xff, 0xc3, 0x28, 0x00]));
    expect(collectOutput(fileOf(content))).toEqual({ bytes, text: content, file: null });
  });

  test("that cannot be read says so, and keeps the file", () => {
    const path = fileOf("secret");
    chmodSync(path, 0);
    const { text, file } = asNobody(() => collectOutput(path));
    expect(text.toString()).toMatch(/^… it cannot be read: EACCES: permission denied, .* …\n$/);
    expect(file).toBe(path);
  });

  test("of more keeps head and tail, and the file", () => {
    const content = "h".repeat(4096) + "m".repeat(1000) + "t".repeat(12288);
    const path = fileOf(content);
    const { bytes, text, file } = collectOutput(path);
    const marker = `\n… 1000 bytes left out; the whole is in ${path} …\n`;
    expect(text.toString()).toBe(`${"h".repeat(4096)}${marker}${"t".repeat(12288)}`);
    expect({ bytes, file }).toEqual({ bytes: content.length, file: path });
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  test("whose file the command has replaced by a pipe does not wait for a writer", async () => {
    const b = bench();
    await b.run(b.launcher(), `rm ${b.stdoutPath}; mkfifo ${b.stdoutPath}`);
    expect(collectOutput(b.stdoutPath).bytes).toBe(0);
  });
});

describe("the output limit", () => {
  test("cuts a file down to its head and its tail, and counts the rest", () => {
    const path = fileOf(`${"h".repeat(250)}${"m".repeat(1000)}${"t".repeat(250)}`);
    const limiter = new OutputLimiter([path], 1000);
    limiter.stop();
    const collected = collectOutput(path, limiter);
    const marker = "\n… 1000 bytes left out, as the output exceeded 1000 bytes …\n";
    expect(readFileSync(path, "utf8")).toBe(`${"h".repeat(250)}${marker}${"t".repeat(250)}`);
    expect(collected).toMatchObject({ bytes: 1500, file: path });
    expect(collected.text.toString()).toBe(readFileSync(path, "utf8"));
  });

  test("leaves a file alone that keeps to it, and one that is gone", () => {
    const path = fileOf("x".repeat(1000));
    const limiter = new OutputLimiter([path, "/no/such/file"], 1000);
    limiter.stop();
    expect(collectOutput(path, limiter)).toMatchObject({ bytes: 1000, file: null });
    expect(collectOutput("/no/such/file", limiter).bytes).toBe(0);
    expect(limiter.droppedFrom(path)).toBe(0);
    expect(statSync(path).size).toBe(1000);
  });

  test("of 0 is none", () => {
    const path = fileOf("x".repeat(1000));
    const limiter = new OutputLimiter([path], 0);
    limiter.stop();
    expect(collectOutput(path, limiter)).toMatchObject({ bytes: 1000, file: null });
    expect(statSync(path).size).toBe(1000);
  });

  test("is one look at an empty stream", () => {
    const path = fileOf("");
    const limiter = new OutputLimiter([path], 1000);
    const look = vi.spyOn(limiter, "look");
    limiter.stop();
    expect(collectOutput(path, limiter)).toEqual({ bytes: 0, text: Buffer.alloc(0), file: null });
    expect(look).not.toHaveBeenCalled();
  });

  test("keeps what cannot be cut", () => {
    const path = fileOf("x".repeat(3000));
    const limiter = new OutputLimiter([path], 1000);
    limiter.stop();
    rmSync(path);
    expect([limiter.sizeWithin(path, 3000), limiter.droppedFrom(path)]).toEqual([3000, 0]);
  });

  test("holds for all commands with one timer, which ends with the last one", async () => {
    // The timer of the commands before may not have ended yet.
    vi.resetModules();
    const { OutputLimiter } = await import("../../src/exec/output-limiter.js");
    vi.useFakeTimers();
    try {
      const paths = [fileOf("x".repeat(5000)), fileOf("y".repeat(5000))];
      const limiters = paths.map((path) => new OutputLimiter([path], 1000));
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(300);
      for (const path of paths) expect(statSync(path).size).toBeLessThan(1000);
      for (const limiter of limiters) limiter.stop();
      vi.advanceTimersByTime(300);
      expect(vi.getTimerCount()).toBe(0);
      const [first = ""] = paths;
      const again = new OutputLimiter([first], 100);
      vi.advanceTimersByTime(300);
      expect(statSync(first).size).toBeLessThan(200);
      again.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test("holds while the command writes, again and again, and the command ends as it would", async () => {
    const b = bench();
    const limit = 64 * 1024;
    const limiter = new OutputLimiter([b.stdoutPath, b.stderrPath], limit);
    // Writes until its output was cut twice: then the file has become smaller twice.
    const write =
      "echo first; while [ ! -e enough ]; do head -c 4096 /dev/zero | tr '\\\\0' x; done; echo last; exit 3";
    const execution = b.launcher().run(b.request(write));
    let cuts = 0;
    let before = 0;
    await waitFor("two cuts", () => {
      const dropped = limiter.droppedFrom(b.stdoutPath);
      if (dropped !== before) cuts++;
      before = dropped;
      return cuts >= 2;
    });
    await b.run(b.launcher(), "touch enough", { stdoutPath: "/dev/null", stderrPath: "/dev/null" });
    expect(await execution.ended).toEqual({ kind: "failed", exitCode: 3 });
    limiter.stop();
    const { bytes } = collectOutput(b.stdoutPath, limiter);
    expect(statSync(b.stdoutPath).size).toBeLessThanOrEqual(limit);
    const content = readFileSync(b.stdoutPath, "utf8");
    expect(content.startsWith("first\n")).toBe(true);
    expect(content.endsWith("last\n")).toBe(true);
    expect(content.match(/bytes left out/g)).toHaveLength(1);
    expect(bytes).toBeGreaterThan(2 * limit);
  });

  test("bounds a gibibyte", async () => {
    const b = bench();
    const limit = 1024 * 1024;
    const limiter = new OutputLimiter([b.stdoutPath, b.stderrPath], limit);
    expect(await b.run(b.launcher(), "head -c 1073741824 /dev/zero")).toEqual({ kind: "succeeded" });
    limiter.stop();
    // Less what was written in the moments of the cuts.
    expect(collectOutput(b.stdoutPath, limiter).bytes).toBeGreaterThan(0.9 * 2 ** 30);
    expect(statSync(b.stdoutPath).size).toBeLessThanOrEqual(limit);
  });
});
