import { wrongState } from "../../../changed-job.js";
import type { Queue } from "../../../queue.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { changeJobs } from "../../input/change-jobs.js";

export class JobsDeleteCommand extends QueueCommand {
  static override paths = [["jobs", "delete"]];
  static override usage = Command.Usage({
    description: "Delete jobs with their history and output; not while they are processing",
    details: "With --json: the job as it was, or a list if several are named.",
    examples: [["Two jobs", "queuectl jobs delete job1 job2"]],
  });

  ids = Option.Rest({ name: "ID", required: 1 });

  override run(queue: Queue): Promise<undefined> {
    return changeJobs(this, queue, this.ids, {
      allowed: (state) => state !== "processing",
      refuse: (job) => wrongState(job, "deleted"),
      apply: (id) => queue.delete(id),
      sentence: ({ id }) => `Deleted job ${id}`,
    });
  }
}
