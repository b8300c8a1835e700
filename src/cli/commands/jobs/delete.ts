import { STATES } from "../../../core/job/state.js";
import type { Client } from "../../../queue/client.js";
import { wrongState } from "../../../queue/jobs/change-errors.js";
import { changeJobs } from "../../actions/change-jobs.js";
import { JobsCommand } from "../../base/jobs-command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class JobsDeleteCommand extends JobsCommand {
  static override paths = [["jobs", "delete"]];
  static override usage = Command.Usage({
    description: "Delete jobs with their history and output; not while they are processing",
    details:
      "Name the jobs, or choose by flags among the jobs that are not processing. If flags choose, it asks first " +
      "on a terminal, and needs -y elsewhere. With --json: the deleted job, or a list if there are several ids " +
      "or flags.",
    examples: [
      ["Two jobs", "queuectl jobs delete job1 job2"],
      ["The dead ones of a queue", "queuectl jobs delete --state dead --queue etl -y"],
    ],
  });

  yes = Option.Boolean("-y,--yes", false, { description: "do not ask" });

  override async run(client: Client): Promise<number> {
    return changeJobs(this, client, await this.selection(), {
      states: STATES.filter((state) => state !== "processing"),
      refuse: (job) => wrongState(job, "deleted"),
      hint: "a processing job cannot be deleted: cancel it first, or wait until it ends",
      apply: (jobs) => client.jobs.deleteMany(jobs),
      graphOrder: "children-first",
      sentence: ({ id }) => `Deleted job ${id}`,
      takenAlong: "buried",
      confirm: { command: "queuectl jobs delete", verb: "Delete", yes: this.yes },
    });
  }
}
