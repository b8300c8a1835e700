import { UsageError } from "../../core/errors.js";
import { parseWhole } from "../../core/text/number.js";
import { logsToJson } from "../../json/jobs/logs.js";
import { STREAMS } from "../../logs/source.js";
import type { Client } from "../../queue/client.js";
import { QueueCommand } from "../base/command.js";
import { followLogs } from "../logs/follow-logs.js";
import { chooseAttempt, type LogsChoice, printLogs } from "../logs/print-logs.js";
import { Command, Option } from "../parse/clipanion.js";

export class LogsCommand extends QueueCommand {
  static override paths = [["logs"]];
  static override usage = Command.Usage({
    description: "Print the output of a job's newest attempt",
    details:
      "Both streams go to stdout, the job's stdout first. With -f it follows a running job, waits for a pending " +
      "one, and ends with the job: exit code 0 if it completed, 4 if not. With --json every line is an object; the " +
      "last has the event end. The output is passed on as it is. On a " +
      "terminal, colours and modes that a stream has set are reset at its end.",
    examples: [
      ["Follow a job to its end", "queuectl logs -f job1"],
      ["The stderr of its first attempt", "queuectl logs job1 --attempt 1 --stderr"],
      ["Its stdout, byte for byte", "queuectl logs job1 --stdout --raw > out.bin"],
    ],
  });

  id = Option.String({ name: "ID" });
  attempt = Option.String("--attempt", { description: "N | this attempt instead of the newest" });
  stdout = Option.Boolean("--stdout", false, { description: "only its stdout" });
  stderr = Option.Boolean("--stderr", false, { description: "only its stderr" });
  follow = Option.Boolean("-f,--follow", false, { description: "follow the output to the end of the job" });
  lines = Option.String("-n,--lines", { description: "LINES | only this many lines from the end" });
  raw = Option.Boolean("--raw", false, { description: "the plain bytes, without headings" });

  override async run(client: Client): Promise<number> {
    const choice = this.#choice();
    const job = await client.jobs.get(this.id);
    if (this.follow) return followLogs(this, client, job.id, choice);
    const attempt = chooseAttempt(job.id, await client.jobs.attempts(job.id), choice.attempt);
    if (attempt) return printLogs(this, client, attempt, choice);
    if (this.json) this.printJson(logsToJson(job.id, null, { stdout: "", stderr: "" }));
    else this.remark(`Job ${job.id} is ${job.state} and has not run yet`);
    return 0;
  }

  #choice(): LogsChoice {
    if (this.stdout && this.stderr)
      throw new UsageError("--stdout and --stderr cannot be combined", "give neither for both");
    if (this.raw && this.jsonFlag) throw new UsageError("--raw and --json cannot be combined");
    const max = Number.MAX_SAFE_INTEGER;
    return {
      attempt: this.attempt === undefined ? null : parseWhole(this.attempt, "--attempt", 1, max),
      streams: STREAMS.filter((name) => this[name] || this.stdout === this.stderr),
      lines: this.lines === undefined ? null : parseWhole(this.lines, "-n", 0, max),
      raw: this.raw,
    };
  }
}
