/**
 * The command line in a home of its own, for tests of what a user types and reads. It is the built program or, for tests
 * of many short commands, its source in the process of the test, where that can do the same.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { decide } from "../../src/core/job/decide.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { Client, contextOf } from "../../src/queue/client.js";
import type { AttemptOutput, Store, StoredStream } from "../../src/store/contract/store.js";
import { runInProcess } from "../support/in-process.js";
import type { Result } from "../support/result.js";
import { waitFor } from "../support/wait-for.js";

export const PROGRAM = fileURLToPath(new URL("../../dist/queuectl.js", import.meta.url));

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
  /** Whose process it is, if not ours; only root can say so. */
  readonly user?: number;
}

/** What JSON says of a job, as far as these tests ask. */
export interface JobJson {
  readonly id: string;
  readonly command: string | readonly string[];
  readonly state: string;
  readonly attempts: number;
  readonly [key: string]: unknown;
}

const POLICY = { maxRetries: 3, backoff: { base: 2, maxMs: 3_600_000, jitter: 0 } };

/** Node reads the time zone when it starts, and an editor writes to the terminal itself. */
const READ_OUTSIDE = ["TZ", "EDITOR"];

/** They start the built worker, or contain texts that the bundler puts in. */
const BUILT_ONLY = /^(run|worker start|completion) /;

function needsProcess(words: readonly string[], { input, user, env = {} }: RunOptions): boolean {
  if (input !== undefined || user !== undefined) return true;
  return BUILT_ONLY.test(`${words.join(" ")} `) || READ_OUTSIDE.some((name) => name in env);
}

export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Result>;
  readonly #said = { stdout: "", stderr: "" };

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        this.#said[name] += text;
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, ...this.#said }));
    });
  }

  says(stream: "stdout" | "stderr", text: string): Promise<boolean> {
    return waitFor(`${JSON.stringify(text)} on ${stream}`, () => this.#said[stream].includes(text));
  }
}

export class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), "queuectl-cli-"));
  readonly home = join(this.folder, "home");
  readonly #inProcess: boolean;

  constructor(runsIn: "a process" | "this process" = "a process") {
    this.#inProcess = runsIn === "this process";
  }

  run(words: readonly string[], options: RunOptions = {}): Promise<Result> {
    if (!this.#inProcess || needsProcess(words, options)) {
      return this.#spawn(process.execPath, [PROGRAM, ...words], options);
    }
    return runInProcess(words, { env: this.#env(options), cwd: this.folder });
  }

  /** Runs a line of shell in which `$QUEUECTL` is the command. */
  shell(line: string): Promise<Result> {
    return this.#spawn("/bin/sh", ["-c", line], { env: { QUEUECTL: `${process.execPath} ${PROGRAM}` } });
  }

  /** Starts it, to be watched while it goes on. */
  watch(words: readonly string[], options?: RunOptions): Running {
    return new Running(this.#start(process.execPath, [PROGRAM, ...words], options));
  }

  #spawn(program: string, words: readonly string[], options?: RunOptions): Promise<Result> {
    return new Running(this.#start(program, words, options)).ended;
  }

  #env({ env }: RunOptions): NodeJS.ProcessEnv {
    return { ...withoutOurs(process.env), QUEUECTL_HOME: this.home, ...env };
  }

  #start(program: string, words: readonly string[], options: RunOptions = {}) {
    const { input = "", user } = options;
    const child = spawn(program, words, {
      cwd: this.folder,
      env: this.#env(options),
      ...(user !== undefined && { uid: user, gid: user }),
    });
    // A command that does not read its input may be gone before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return child;
  }

  /** Runs it, and expects success and silence on stderr. Resolves to stdout. */
  async ok(...words: string[]): Promise<string> {
    const result = await this.run(words);
    expect(result, words.join(" ")).toMatchObject({ code: 0, stderr: "" });
    return result.stdout;
  }

  async json<T = JobJson>(...words: string[]): Promise<T> {
    return JSON.parse(await this.ok(...words, "--json")) as T;
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
    return (await this.json<JobJson[]>("list", "--limit", "0")).map(({ id }) => id);
  }

  write(name: string, text: string | Buffer): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
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

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function streams({ stdout = "", stderr = "" }: { stdout?: string; stderr?: string }): AttemptOutput {
  const stored = (text: string): StoredStream => ({
    bytes: Buffer.byteLength(text),
    text: Buffer.from(text),
    file: null,
  });
  return { stdout: stored(stdout), stderr: stored(stderr) };
}

/** The environment without anything that would configure us. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("QUEUECTL_")));
}
