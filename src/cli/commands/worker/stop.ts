import { EXIT, UsageError } from "../../../core/errors.js";
import { checkName } from "../../../core/job/ids.js";
import { parseDuration } from "../../../core/text/duration.js";
import { plural } from "../../../core/text/plural.js";
import { locateHome } from "../../../home/home.js";
import { stoppedPoolToJson } from "../../../json/worker.js";
import { BaseCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { Countdown } from "../../terminal/countdown.js";
import { openProgress, type Progress } from "../../terminal/progress.js";
import { endsWith } from "../../terminal/standard-streams.js";
import { databaseInUse, poolFlag } from "./pool-command.js";

export class WorkerStopCommand extends BaseCommand {
  static override paths = [["worker", "stop"]];
  static override usage = Command.Usage({
    description: "Stop the workers and their supervisors, from any shell",
    details:
      "Without a name it stops every pool of the home on this host. Running jobs may finish. If a grace period is " +
      "set and over, they are killed and given back to the queue, and the exit code is 75. Exit code 5: no such " +
      "pool runs. 124: one still runs after the timeout. If the database cannot be used, it stops what the PID " +
      "files name.",
    examples: [
      ["Wait for running jobs", "queuectl worker stop"],
      ["Only one pool", "queuectl worker stop --name gpu"],
      ["Kill running jobs at once and give them back to the queue", "queuectl worker stop --force"],
    ],
  });

  name = Option.String("--name", { description: "POOL | only this pool" });
  pool = Option.String({ name: "POOL", required: false });
  timeout = Option.String("--timeout", "60s", { description: "DURATION | how long to wait; default 60s" });
  force = Option.Boolean("--force", false, { description: "kill the jobs at once and give them back to the queue" });

  #told = "";

  override async execute(): Promise<number> {
    this.db ??= await databaseInUse(this.location());
    const timeoutMs = parseDuration(this.timeout, "--timeout");
    const pool = this.#chosen();
    const { stopPools } = await import("../../../../supervisor/control/stop.js");
    const progress = openProgress(this.json);
    const countdown = new Countdown();
    const onWaiting = (ids: readonly string[]) => {
      this.#tellWaiting(ids, progress);
      if (ids.length > 0) progress.update({ doing: "Stopping", ...countdown.next(ids.length) });
    };
    const { workers, interrupted } = await stopPools(locateHome(this.location()), {
      pool,
      timeoutMs,
      force: this.force,
      onWaiting,
      onTrouble: ({ message, hint }) => {
        if (!this.json)
          this.remark(`The database cannot be used, so what the PID files name is stopped: ${message}`, hint);
      },
    }).finally(() => progress.stop());
    const exitCode = endsWith(interrupted.length === 0 || this.force ? EXIT.ok : EXIT.busy);
    if (this.json) this.printJson(stoppedPoolToJson(workers, interrupted));
    else this.print(`Stopped ${workers} worker(s)`);
    if (interrupted.length > 0 && !this.json) {
      this.remark(`Interrupted and given back to the queue: ${interrupted.join(", ")}`);
    }
    return exitCode;
  }

  /** @throws UsageError */
  #chosen(): string | null {
    if (this.pool === undefined) return poolFlag(this.name);
    if (this.name === undefined) return checkName("pool", this.pool);
    throw new UsageError(`two pools are named: ${this.pool} and ${this.name}`, "give one of them");
  }

  /** Reports each change once. */
  #tellWaiting(ids: readonly string[], progress: Progress): void {
    const text =
      ids.length === 0
        ? "Waiting for the workers to leave"
        : `Waiting for ${plural(ids.length, "job")}: ${ids.join(", ")}`;
    if (text !== this.#told) progress.say(text);
    this.#told = text;
  }
}
