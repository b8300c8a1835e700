import { reportToJson } from "../../json/jobs/report.js";
import type { Client } from "../../queue/client.js";
import { readReport } from "../actions/read-report.js";
import { QueueCommand } from "../base/command.js";
import { Command, Option } from "../parse/clipanion.js";
import { showText } from "../render/job.js";

export class ShowCommand extends QueueCommand {
  static override paths = [["show"]];
  static override usage = Command.Usage({
    description: "Show everything about a job, with its attempts and the end of its output",
    examples: [["By its id, or a prefix that fits only one job", "queuectl show job1"]],
  });

  id = Option.String({ name: "ID" });

  override async run(client: Client): Promise<undefined> {
    const job = await client.jobs.get(this.id);
    const report = await readReport(client, job);
    if (this.json) this.printJson(reportToJson(report));
    else this.print(await showText(report));
  }
}
