import { oneLine } from "../../core/text/visible.js";
import { explanationToJson } from "../../json/jobs/explanation.js";
import type { Client } from "../../queue/client.js";
import { QueueCommand } from "../base/command.js";
import { Command, Option } from "../parse/clipanion.js";
import { hintAsTyped } from "../parse/typed-options.js";
import { stateText, style } from "../terminal/style.js";

export class ExplainCommand extends QueueCommand {
  static override paths = [["explain"]];
  static override usage = Command.Usage({
    description: "Say why a job is not running, and what to do about it",
    details:
      "It lists every reason: the job is scheduled, waits for its retry, its queue is paused, no worker serves " +
      "it, all slots are busy, the disk is full; or it has ended, or it is running.",
    examples: [
      ["By its id, or a prefix that fits only one job", "queuectl explain job1"],
      ["For a script", "queuectl explain job1 --json"],
    ],
  });

  id = Option.String({ name: "ID" });

  override async run(client: Client): Promise<undefined> {
    const { job, ...found } = await client.jobs.explain(this.id);
    const reasons = found.reasons.map(hintAsTyped);
    if (this.json) {
      this.printJson(explanationToJson({ job, reasons }));
      return;
    }
    this.print(`Job ${job.id} is ${stateText(job.state)}:`);
    for (const { message } of reasons) this.print(`  ${oneLine(message)}`);
    const hints = reasons.flatMap(({ hint }) => hint ?? []);
    if (hints.length === 0) return;
    this.print(style.bold("What to do:"));
    for (const hint of hints) this.print(`  ${oneLine(hint)}`);
  }
}
