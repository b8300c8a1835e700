/** A place to run commands in: a directory, launchers that are closed and an attempt whose leftovers can be found. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import type { Outcome } from "../../src/core/job/outcome.js";
import type { ExecutionRequest } from "../../src/exec/execution.js";
import { Launcher, type LauncherOptions } from "../../src/exec/launcher.js";
import { findStrays } from "../../src/exec/processes/strays.js";

/** The system's own, and bash as well where it is another: they differ in what they say of a command that was killed. */
export const SHELLS = ["/bin/sh", "/bin/bash"].filter((path) => existsSync(path));

let fence = Date.now();

export class Bench {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "queuectl-exec-")));
  readonly stdoutPath = join(this.dir, "out");
  readonly stderrPath = join(this.dir, "err");
  readonly marker = { home: this.dir, jobId: "bench", fence: ++fence };
  readonly #launchers: Launcher[] = [];

  launcher(options: Partial<LauncherOptions> = {}): Launcher {
    const launcher = new Launcher({ env: { PATH: process.env.PATH ?? "" }, ...options });
    this.#launchers.push(launcher);
    return launcher;
  }

  request(command: ExecutionRequest["command"], more: Partial<ExecutionRequest> = {}): ExecutionRequest {
    const { dir: cwd, stdoutPath, stderrPath, marker } = this;
    const env = {
      QUEUECTL_HOME: marker.home,
      QUEUECTL_JOB_ID: marker.jobId,
      QUEUECTL_FENCE: String(marker.fence),
      ...more.env,
    };
    return { command, cwd, stdoutPath, stderrPath, timeoutMs: 0, ...more, env };
  }

  run(launcher: Launcher, command: ExecutionRequest["command"], more?: Partial<ExecutionRequest>): Promise<Outcome> {
    return launcher.run(this.request(command, more)).ended;
  }

  /** Runs it in `launcher`, and returns what it wrote to its output by then. */
  async outputOf(launcher: Launcher, command: ExecutionRequest["command"], more?: Partial<ExecutionRequest>) {
    rmSync(this.stdoutPath, { force: true });
    expect(await this.run(launcher, command, more)).toEqual({ kind: "succeeded" });
    return readFileSync(this.stdoutPath);
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** What is in a file of the directory; undefined until there is something. */
  read(name: string): string | undefined {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), "utf8") || undefined : undefined;
  }

  /** The pids of all that still runs of this bench's commands, wherever it went. */
  leftovers(): number[] {
    return findStrays(this.marker).map(({ pid }) => pid);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#launchers.map((launcher) => launcher.close()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

let open: Bench[] = [];

export function bench(): Bench {
  const made = new Bench();
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.map((made) => made.dispose()));
  open = [];
});
