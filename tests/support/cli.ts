/**
 * The command line in a home of its own, for tests of what a user types and reads. It is the built program or, for tests
 * of many short commands, its source in the process of the test, where that can do the same.
 */
import { writeFileSync } from "node:fs";
import { expect } from "vitest";
import { decide } from "../../src/core/job/decide.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { Client, contextOf } from "../../src/queue/client.js";
import type { AttemptOutput, Store, StoredStream } from "../../src/store/contract/store.js";
import { runInProcess } from "./in-process.js";
import { Program, type RunOptions } from "./program.js";
import type { Result } from "./result.js";
import type { JobJson } from "./shown-job.js";

const POLICY = { maxRetries: 3, backoff: { base: 2, maxMs: 3_600_000, jitter: 0 } };

/** Node reads the time zone when it starts, and an editor writes to the terminal itself. */
const READ_OUTSIDE = ["TZ", "EDITOR"];

/** They start the built worker, or contain texts that the bundler puts in. */
const BUILT_ONLY = /^(run|worker start|completion) /;

function needsProcess(words: readonly string[], { input, user, env = {} }: RunOptions): boolean {
  if (input !== undefined || user !== undefined) return true;
  return BUILT_ONLY.test(`${words.join(" ")} `) || READ_OUTSIDE.some((name) => name in env);
}

export class Cli extends Program {
  readonly #inProcess: boolean;

  constructor(runsIn: "a process" | "this process" = "a process") {
    super();
    this.#inProcess = runsIn === "this process";
  }

  override run(words: readonly string[], options: RunOptions = {}): Promise<Result> {
    if (!this.#inProcess || needsProcess(words, options)) return super.run(words, options);
    return runInProcess(words, { env: { ...this.env, ...options.env }, cwd: this.folder });
  }

  /** Runs it, and expects success and silence on stderr. Resolves to stdout. */
  override async ok(...words: string[]): Promise<string> {
    const result = await this.run(words);
    expect(result, words.join(" ")).toMatchObject({ code: 0, stderr: "" });
    return result.stdout;
  }

  /** Runs it, and expects this exit code, nothing on stdout, and one line on stderr without a stack. Resolves to that. */
  async fails(code: number, words: readonly string[], options?: RunOptions): Promise<string> {
    const result = await this.run(words, options);
    expect(result, words.join(" ")).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(/^queuectl: error: [^\n]+\n$/);
    return result.stderr.slice("queuectl: error: ".length, -1);
  }

  /** The ids of all jobs, oldest first. */
  async ids(): Promise<string[]> {
    // Where there is no home yet, there is a remark on stderr.
    const { code, stdout } = await this.run(["list", "--json"]);
    expect(code).toBe(0);
    return (JSON.parse(stdout) as JobJson[]).map(({ id }) => id);
  }

  write(name: string, text: string | Buffer): string {
    const path = this.file(name);
    writeFileSync(path, text);
    return path;
  }

  /** Makes an empty queue. A command that only looks does not. */
  makeQueue(): Promise<void> {
    return this.inside(async () => {});
  }

  /** Works on the queue directly, as a worker would. */
  async inside<T>(act: (client: Client, store: Store) => Promise<T>): Promise<T> {
    const client = await Client.open({ home: this.home });
    try {
      return await act(client, contextOf(client).store);
    } finally {
      await client.close();
    }
  }

  /** Enqueues a job and takes it, as worker `w1`. Resolves to the fence. */
  claim(id: string, spec: { command?: string; maxRetries?: number; queue?: string } = {}): Promise<number> {
    return this.inside(async (client, store) => {
      if ((await store.jobs.get(id)) === null) await client.jobs.enqueue({ command: `run ${id}`, ...spec, id });
      const request = { workerId: "w1", queues: null, limit: 1, leaseMs: 60_000 };
      const [job] = (await store.leases.claim(request)).jobs;
      if (job?.id !== id) throw new Error(`claimed ${job?.id} in place of ${id}`);
      return job.fence;
    });
  }

  /** Ends a claimed job, as a worker would. */
  settle(
    id: string,
    fence: number,
    outcome: Outcome,
    output: { stdout?: string; stderr?: string } = {},
  ): Promise<void> {
    return this.inside(async (_, store) => {
      const job = await store.jobs.get(id);
      if (!job) throw new Error(`no job ${id}`);
      const settlement = {
        jobId: id,
        fence,
        outcome,
        decision: decide(job, outcome, POLICY, { now: Date.now() }),
        pid: 4711,
      };
      await store.leases.settle([{ ...settlement, output: streams(output) }]);
    });
  }

  /** A job that has run once and ended so. */
  async ended(id: string, outcome: Outcome, output?: { stdout?: string; stderr?: string }): Promise<void> {
    await this.settle(id, await this.claim(id, { maxRetries: 1 }), outcome, output);
  }
}

function streams({ stdout = "", stderr = "" }: { stdout?: string; stderr?: string }): AttemptOutput {
  const stored = (text: string): StoredStream => ({
    bytes: Buffer.byteLength(text),
    text: Buffer.from(text),
    place: { kind: "row" },
  });
  return { stdout: stored(stdout), stderr: stored(stderr), host: null };
}
