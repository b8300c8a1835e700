/**
 * The built command line in a home of its own, for one test. It owns the folder, the environment and the processes that
 * the test starts; disposing of it ends those by pid. What more a kind of test needs is in a class that extends it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Background } from "./background.js";
import type { Result } from "./result.js";
import type { JobJson, ShownJob } from "./shown-job.js";
import { waitFor } from "./wait-for.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const PROGRAM = join(ROOT, "dist/queuectl.js");

export interface RunOptions {
  /** The whole of stdin. Undefined: it is empty. */
  readonly input?: string | Buffer;
  /** Variables besides those of all processes. */
  readonly env?: NodeJS.ProcessEnv;
  /** User id of the process, which only root can choose. Undefined: that of all processes. */
  readonly user?: number;
}

export class Program {
  /** Working directory of the commands. */
  readonly folder = mkdtempSync(join(tmpdir(), "queuectl-test-"));
  readonly home = join(this.folder, "home");
  /** Environment of all processes: that of the test without anything that would configure us. */
  readonly env: NodeJS.ProcessEnv = { ...withoutOurs(process.env), QUEUECTL_HOME: this.home };
  /** User id of the processes, which only root can choose. Undefined: our own. */
  user: number | undefined;
  readonly #path: string;
  readonly #background: Background[] = [];

  /** @param build folder of the tested program, from the root of the project or absolute */
  constructor(build = "dist") {
    this.#path = resolve(ROOT, build, "queuectl.js");
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  run(words: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.spawn(process.execPath, [this.#path, ...words], options).ended;
  }

  /** Starts it, to be watched while it goes on. */
  start(words: readonly string[], options: RunOptions = {}): Background {
    const background = this.spawn(process.execPath, [this.#path, ...words], options);
    this.#background.push(background);
    return background;
  }

  /** Runs a line of shell in which `$QUEUECTL` is the command. */
  shell(line: string): Promise<Result> {
    return this.spawn("/bin/sh", ["-c", line], { env: { QUEUECTL: `${process.execPath} ${this.#path}` } }).ended;
  }

  /** Starts any program as `start` starts ours, for the caller to wait for. */
  protected spawn(file: string, words: readonly string[], { input = "", env, user = this.user }: RunOptions) {
    const child = spawn(file, words, {
      cwd: this.folder,
      env: { ...this.env, ...env },
      ...(user !== undefined && { uid: user, gid: user }),
    });
    // A command that does not read its input may be gone before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return new Background(child);
  }

  /** As `run`, but a failure fails the test. Resolves to stdout. */
  async ok(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(words);
    if (code !== 0) throw new Error(`queuectl ${words.join(" ")} exited with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  async json<T = JobJson>(...words: string[]): Promise<T> {
    return JSON.parse(await this.ok(...words, "--json")) as T;
  }

  show(id: string): Promise<ShownJob> {
    return this.json<ShownJob>("show", id);
  }

  /** Waits until the job is in this state. */
  reaches(id: string, state: string): Promise<ShownJob> {
    return waitFor(`job ${id} to be ${state}`, async () => {
      const job = await this.show(id);
      return job.state === state && job;
    });
  }

  async dispose(): Promise<void> {
    for (const background of this.#background) await background.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("QUEUECTL_")));
}
