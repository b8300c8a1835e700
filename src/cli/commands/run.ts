import { EXIT, QueuectlError, UsageError } from "../../core/errors.js";
import type { PreparedJob } from "../../core/job/spec.js";
import { enqueuedToJson } from "../../json/jobs/change.js";
import { reportToJson } from "../../json/jobs/report.js";
import { followJob } from "../../logs/follow.js";
import { STREAMS } from "../../logs/source.js";
import type { Client } from "../../queue/client.js";
import type { Job } from "../../queue/jobs/job.js";
import { enqueuePrepared } from "../../queue/json-jobs.js";
import { readReport } from "../actions/read-report.js";
import { JobCommand } from "../base/job-command.js";
import { RunFollower } from "../logs/run-follower.js";
import { Command, Option } from "../parse/clipanion.js";
import { endText } from "../terminal/end.js";
import { endsWith } from "../terminal/standard-streams.js";

const HINT = `the command follows --: queuectl run -- make test; or use --command "make test"`;

export class RunCommand extends JobCommand {
  static override paths = [["run"]];
  static readonly argumentHint = HINT;
  static override usage = Command.Usage({
    description: "Enqueue a command, follow its output, and exit with its code",
    details:
      "The job's stdout and stderr are passed on as they come. It gets one attempt unless --max-retries says " +
      "more, no time limit unless --timeout or --policy has one, and no input. Exit code: the command's own; " +
      "128 + n if signal n killed it; 124 if it ran out of " +
      "time; 4 if it ended in another way without completing; 0 if --on-conflict skip left it out. A job that " +
      "failed is not in the dead-letter queue, since run has told its exit code; queuectl list --state dead " +
      "shows it. ^C cancels the job (130); a second ^C leaves at once. If the reader of its output " +
      "goes away, run exits with 141, and the job goes on. With --json: the job at its end, as in queuectl show.",
    examples: [
      ["One command, without a shell", "queuectl run -- make test"],
      ["A line of shell, in a queue of its own", `queuectl run --queue builds --command "make && make test"`],
    ],
  });

  protected override readonly makesQueue = true;

  quiet = Option.Boolean("-q,--quiet", false, { description: "no messages about waiting and retries" });

  #interrupted = false;

  override async execute(): Promise<number> {
    const { command } = this;
    const { tail } = this.context;
    if (tail?.length === 0) throw new UsageError("no command follows --", "for example: queuectl run -- make test");
    if (command !== undefined && tail !== null)
      throw new UsageError("--command and a command after -- cannot be combined", "give one of them");
    if (command === undefined && tail === null) throw new UsageError("there is nothing to run", HINT);
    return super.execute();
  }

  protected override get readsConfig(): boolean {
    return true;
  }

  protected override async check(client: Client): Promise<void> {
    await enqueuePrepared(client, [[this.#prepared(client)]]);
  }

  #prepared(client: Client): PreparedJob {
    // A policy may have a limit of its own.
    const noLimit = this.policy === undefined ? { timeout: "0" } : {};
    return this.prepare(client, { maxRetries: "1", ...noLimit, ...this.flags() });
  }

  override async run(client: Client): Promise<number> {
    const prepared = this.#prepared(client);
    const { id } = prepared;
    let holder: string | undefined;
    const enqueued = enqueuePrepared(client, [[prepared]], {
      replace: this.replace,
      onSkipped: (_, by) => (holder = by),
    });
    let cancelled = Promise.resolve();
    this.context.releaseInterrupt();
    process.on("SIGINT", () => {
      if (this.#interrupted) process.exit(EXIT.interrupted);
      this.#interrupted = true;
      cancelled = enqueued.then(
        () => this.#cancel(client, id),
        () => {},
      );
    });
    await enqueued;
    if (holder !== undefined) return this.#skipped(client, holder);
    const follower = this.#follower(client);
    const job = await followJob(client, id, follower);
    follower.end();
    await cancelled;
    return this.#report(client, job);
  }

  #follower(client: Client): RunFollower {
    const say = this.quiet ? () => {} : (text: string) => this.#say(text);
    return new RunFollower(client, this.json ? [] : STREAMS, say);
  }

  async #skipped(client: Client, holder: string): Promise<number> {
    if (this.json) this.printJson(enqueuedToJson(await client.jobs.get(holder), false));
    else if (!this.quiet) this.#say(`job ${holder} has the unique key already; nothing was run`);
    return EXIT.ok;
  }

  async #cancel(client: Client, id: string): Promise<void> {
    if (!this.quiet) this.#say(`cancelling job ${id}; ^C again leaves without waiting for its end`);
    try {
      await client.jobs.cancel(id, { reason: "interrupted by ^C" });
    } catch (error) {
      // The job may have ended by itself. In any case the user can leave.
      if (!(error instanceof QueuectlError)) throw error;
    }
  }

  async #report(client: Client, job: Job): Promise<number> {
    const report = await readReport(client, job);
    const code = job.state === "dead" ? job.exitCode : null;
    const succeeded = job.state === "completed";
    const exitCode = endsWith(this.#interrupted ? EXIT.interrupted : succeeded ? EXIT.ok : (code ?? EXIT.notCompleted));
    if (this.json) this.printJson(reportToJson(report));
    if (this.#interrupted || succeeded) return exitCode;
    // An exit code already tells of a failure. The command itself knows nothing of any other outcome.
    const isPlain = report.attempts.at(-1)?.outcome === "failed" && code !== null;
    if (code === null || !(this.quiet || isPlain)) this.#say(`job ${job.id} ${endText(job)}`);
    await this.#acknowledge(client, job);
    return exitCode;
  }

  /** The dead-letter queue is for failures that no caller was told of. */
  async #acknowledge(client: Client, job: Job): Promise<void> {
    try {
      await client.jobs.acknowledge(job);
    } catch (error) {
      // The exit code of the command matters more.
      if (!(error instanceof QueuectlError)) throw error;
    }
  }

  /** Marks a message as ours, since the job writes to the same terminal. */
  #say(text: string): void {
    this.remark(`queuectl: ${text}`);
  }
}
