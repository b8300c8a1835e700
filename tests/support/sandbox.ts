/**
 * A home of its own for one test, with the built command line in it. If the test leaves processes running, disposing of
 * the sandbox ends them by pid.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { waitFor } from "./wait-for.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs beside the test. */
export class Background {
  readonly process: ChildProcess;
  stdout = "";
  stderr = "";
  readonly ended: Promise<Result>;

  constructor(process: ChildProcess) {
    this.process = process;
    process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      process.on("exit", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  get pid(): number {
    return this.process.pid as number;
  }
}

/** The parts of `show --json` that process tests look at. */
export interface ShownJob {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly last_error: string | null;
  readonly worker_id: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly history: readonly {
    readonly attempt: number;
    readonly outcome: string | null;
    readonly pid: number | null;
    readonly started_at: string;
    readonly finished_at: string | null;
  }[];
}

export class Sandbox {
  /** Working directory of the commands. */
  readonly folder = mkdtempSync(join(tmpdir(), "queuectl-test-"));
  readonly home = join(this.folder, "home");
  readonly env: NodeJS.ProcessEnv = { ...process.env, QUEUECTL_HOME: this.home, NO_COLOR: "1" };
  /** User id of the processes, which only root can choose. Undefined: our own. */
  user: number | undefined;
  readonly #background: Background[] = [];
  readonly #program: string;

  /** @param build folder of the tested program, from the root of the project or absolute */
  constructor(build = "dist") {
    this.#program = resolve(ROOT, build, "queuectl.js");
  }

  run(...words: string[]): Promise<Result> {
    return new Promise((resolve) => {
      const options = { ...this.#identity(), env: this.env, cwd: this.folder, maxBuffer: 1 << 28 };
      const child = execFile(process.execPath, [this.#program, ...words], options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
      child.stdin?.end();
    });
  }

  /** As `run`, but a failure fails the test. */
  async ok(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words);
    if (code !== 0) throw new Error(`queuectl ${words.join(" ")} exited with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  async json<T>(...words: string[]): Promise<T> {
    return JSON.parse(await this.ok(...words, "--json")) as T;
  }

  show(id: string): Promise<ShownJob> {
    return this.json<ShownJob>("show", id);
  }

  start(...words: string[]): Background {
    const child = spawn(process.execPath, [this.#program, ...words], {
      ...this.#identity(),
      env: this.env,
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const background = new Background(child);
    this.#background.push(background);
    return background;
  }

  /** A supervisor in the foreground, once it is ready. */
  async supervisor(...flags: string[]): Promise<Background> {
    const background = this.start("worker", "start", ...flags);
    await waitFor("the supervisor to be ready", () => {
      if (background.process.exitCode !== null) throw new Error(`it ended: ${background.stderr}`);
      return background.stdout.includes("started");
    }).catch((error) => {
      throw new Error(`${error.message}\n${background.stderr}`);
    });
    return background;
  }

  /** Waits until the job is in this state. */
  reaches(id: string, state: string): Promise<ShownJob> {
    return waitFor(`job ${id} to be ${state}`, async () => {
      const job = await this.show(id);
      return job.state === state && job;
    });
  }

  #identity(): { uid?: number; gid?: number } {
    return this.user === undefined ? {} : { uid: this.user, gid: this.user };
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** The lines of a file that a job writes. Empty if it does not exist. */
  lines(name: string): string[] {
    try {
      return readFileSync(this.file(name), "utf8").split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  async dispose(): Promise<void> {
    await this.run("worker", "stop", "--force");
    for (const { process: child, ended } of this.#background) {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
