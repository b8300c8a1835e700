import { wrongState } from "../../changed-job.js";
import type { Queue } from "../../queue.js";
import { Command, Option } from "../clipanion.js";
import { QueueCommand } from "../command.js";
import { canCancel, changeJobs } from "../input/change-jobs.js";

export class CancelCommand extends QueueCommand {
  static override paths = [["cancel"]];
  static override usage = Command.Usage({
    description: "Cancel jobs that have not ended; a running one is killed with all its processes",
    details: "With --json: the job, or a list if several are named.",
    examples: [["One job", "queuectl cancel job1 --reason 'wrong input'"]],
  });

  ids = Option.Rest({ name: "ID", required: 1 });
  reason = Option.String("--reason", { description: "TEXT | kept with the job as its last error" });

  override run(queue: Queue): Promise<undefined> {
    return changeJobs(this, queue, this.ids, {
      allowed: canCancel,
      refuse: (job) => wrongState(job, "cancelled"),
      apply: (id) => queue.cancel(id, this.reason ?? null),
      sentence: ({ id }) => `Cancelled job ${id}`,
    });
  }
}
