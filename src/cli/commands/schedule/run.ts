import { ConflictError } from "../../../core/errors.js";
import { jobToJson } from "../../../json/jobs/job.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class ScheduleRunCommand extends QueueCommand {
  static override paths = [["schedule", "run"]];
  static override usage = Command.Usage({
    description: "Enqueue a schedule's job now, even if it is paused",
    details: "With --overlap queue it also waits for the last job. With --json: the job.",
    examples: [
      ["To see whether it works", "queuectl schedule run backup"],
      ["And follow it", "queuectl schedule run backup && queuectl logs -f last"],
    ],
  });

  name = Option.String({ name: "NAME" });
  quiet = Option.Boolean("-q,--quiet", false, { description: "print the job's id only" });

  protected override get readsConfig(): boolean {
    return this.json;
  }

  override async run(client: Client): Promise<undefined> {
    const { job, note } = await client.schedules.run(this.name);
    if (job === null) throw new ConflictError(`nothing was enqueued: ${note}`);
    if (this.json && !(this.quiet && !this.jsonFlag)) this.printJson(jobToJson(await client.jobs.get(job)));
    else this.print(this.quiet ? job : `Enqueued job ${job} of schedule ${this.name}`);
  }
}
