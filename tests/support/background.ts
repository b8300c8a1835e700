/** A process that runs beside the test: what it has written so far, and how it ends. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Result } from "./result.js";
import { waitFor } from "./wait-for.js";

export class Background {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: number;
  stdout = "";
  stderr = "";
  /** The exit code, once the process is gone; a child of it may still write to its streams. Null: ended by a signal. */
  readonly exited: Promise<number | null>;
  /** The whole result, once its streams are closed too. */
  readonly ended: Promise<Result>;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        this[name] += text;
      });
    }
    this.exited = new Promise((resolve) => child.on("exit", resolve));
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
    if (child.pid === undefined) throw new Error(`${child.spawnfile} does not start`);
    this.pid = child.pid;
  }

  /** Waits until the process has written this text. */
  says(stream: "stdout" | "stderr", text: string): Promise<boolean> {
    return waitFor(`${JSON.stringify(text)} on ${stream}`, () => this[stream].includes(text));
  }

  /** Ends the process if it still runs. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.exited;
  }
}
