import { TRANSITIONS } from "../../core/job/state.js";
import type { Client } from "../../queue/client.js";
import { wrongState } from "../../queue/jobs/change-errors.js";
import { changeJobs } from "../actions/change-jobs.js";
import { JobsCommand } from "../base/jobs-command.js";
import { Command, Option } from "../parse/clipanion.js";

export class CancelCommand extends JobsCommand {
  static override paths = [["cancel"]];
  static override usage = Command.Usage({
    description: "Cancel jobs that have not ended; a running one is killed with all its processes",
    details:
      "Name the jobs, or choose by flags among the jobs that have not ended. If flags choose, it asks first on " +
      "a terminal, and needs -y elsewhere. With --json: the job, or a list if there are several ids or flags.",
    examples: [
      ["One job", "queuectl cancel job1 --reason 'wrong input'"],
      ["The newest one", "queuectl cancel last"],
      ["All waiting jobs of a queue", "queuectl cancel --state pending,failed --queue etl"],
    ],
  });

  reason = Option.String("--reason", { description: "TEXT | kept with the job as its last error" });
  yes = Option.Boolean("-y,--yes", false, { description: "do not ask" });

  override async run(client: Client): Promise<number> {
    return changeJobs(this, client, await this.selection(), {
      states: TRANSITIONS.cancel.from,
      refuse: (job) => wrongState(job, "cancelled"),
      hint: "only jobs that have not ended can be cancelled",
      apply: (jobs) => client.jobs.cancelMany(jobs, { reason: this.reason ?? null }),
      graphOrder: "children-first",
      sentence: ({ id }) => `Cancelled job ${id}`,
      takenAlong: "buried",
      confirm: { command: "queuectl cancel", verb: "Cancel", yes: this.yes },
    });
  }
}
