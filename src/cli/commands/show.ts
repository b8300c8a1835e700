import type { Client } from "../../queue/client.js";
import { QueueCommand } from "../base/command.js";
import { Command, Option } from "../parse/clipanion.js";
import { JobReport } from "../render/job-report.js";

export class ShowCommand extends QueueCommand {
  static override paths = [["show"]];
  static override usage = Command.Usage({
    description: "Show everything about a job, with its attempts and the end of its output",
    examples: [["By its id, or a prefix that fits only one job", "queuectl show job1"]],
  });

  id = Option.String({ name: "ID" });

  override async run(client: Client): Promise<undefined> {
    const job = await client.get(this.id);
    const report = await JobReport.read(client, job);
    if (this.json) this.printJson(report.toJson());
    else this.print(await report.toText());
  }
}
