import { UsageError } from "../../core/errors.js";
import { oneLine } from "../../core/text/visible.js";
import { progressToJson } from "../../json/jobs/change.js";
import type { Client } from "../../queue/client.js";
import { QueueCommand } from "../base/command.js";
import { Command, Option } from "../parse/clipanion.js";

const LONGEST_MESSAGE = 200;

export class ProgressCommand extends QueueCommand {
  static override paths = [["progress"]];
  static override usage = Command.Usage({
    description: "Report a job's progress, from inside the job",
    details:
      "status, list and show display it until the next attempt begins. Exit code 6: this attempt is over, and " +
      "another worker may be running the job. A message is one line of at most 200 characters; a longer one is " +
      "cut.",
    examples: [
      ["Forty percent", `queuectl progress 40`],
      ["With a message", `queuectl progress 40% "half way through chapter 3"`],
    ],
  });

  percent = Option.String({ name: "PERCENT" });
  message = Option.String({ name: "MESSAGE", required: false });

  override async run(client: Client): Promise<undefined> {
    const percent = readPercent(this.percent);
    const text = oneLine((this.message ?? "").trim());
    const message = text === "" ? null : [...text].slice(0, LONGEST_MESSAGE).join("");
    const { jobId, fence } = whichAttempt(process.env);
    await client.jobs.progress(jobId, fence, { percent, message });
    if (this.json) this.printJson(progressToJson(jobId, percent, message));
  }
}

/** @throws UsageError */
function readPercent(text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)%?$/.exec(text.trim()) ?? [];
  const percent = Number(digits);
  if (digits !== undefined && percent <= 100) return percent;
  throw new UsageError(`PERCENT is ${JSON.stringify(text)}`, "give a number from 0 to 100, such as 40 or 40%");
}

/** @throws UsageError if this process is not part of a job */
function whichAttempt(env: NodeJS.ProcessEnv): { jobId: string; fence: number } {
  const { QUEUECTL_HOME: home, QUEUECTL_JOB_ID: jobId, QUEUECTL_FENCE: fence } = env;
  if (home && jobId && fence && /^\d+$/.test(fence)) return { jobId, fence: Number(fence) };
  throw new UsageError(
    "progress works only inside a job, but QUEUECTL_JOB_ID and its companions are not set",
    "call it in the command of a job that a worker runs",
  );
}
