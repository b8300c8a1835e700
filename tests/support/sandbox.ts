/**
 * The program with supervisors and workers that outlive the commands that started them, for tests of processes. Disposing
 * of the sandbox stops them first.
 */
import { readFileSync } from "node:fs";
import type { Background } from "./background.js";
import { Program } from "./program.js";
import { waitFor } from "./wait-for.js";

/** Two processes of Node start one after the other, on a machine that may have other work. */
const READY_WITHIN_MS = 60_000;

export class Sandbox extends Program {
  /** @param build folder of the tested program, from the root of the project or absolute */
  constructor(build?: string) {
    super(build);
    this.env.NO_COLOR = "1";
  }

  /** A supervisor in the foreground, once it is ready. */
  async supervisor(...flags: string[]): Promise<Background> {
    const background = this.start(["worker", "start", ...flags]);
    const isReady = () => {
      if (background.child.exitCode !== null) throw new Error(`it ended: ${background.stderr}`);
      return background.stdout.includes("started");
    };
    await waitFor("the supervisor to be ready", isReady, READY_WITHIN_MS).catch((error) => {
      throw new Error(`${error.message}\n${background.stderr}`);
    });
    return background;
  }

  /** The lines of a file that a job writes. Empty if it does not exist. */
  lines(name: string): string[] {
    try {
      return readFileSync(this.file(name), "utf8").split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  override async dispose(): Promise<void> {
    await this.run(["worker", "stop", "--force"]);
    await super.dispose();
  }
}
