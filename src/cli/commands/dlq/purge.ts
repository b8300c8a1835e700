import type { Client } from "../../../queue/client.js";
import { wrongState } from "../../../queue/jobs/change-errors.js";
import { changeJobs } from "../../actions/change-jobs.js";
import { deadOnly, SelectorCommand } from "../../base/selector-command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class DlqPurgeCommand extends SelectorCommand {
  static override paths = [["dlq", "purge"]];
  static override usage = Command.Usage({
    description: "Delete dead jobs with their history and output",
    details:
      "All of them, or the ones that the flags choose. It asks first on a terminal, and needs -y elsewhere. With --json: a list.",
    examples: [
      ["All of them, in a script", "queuectl dlq purge -y"],
      ["The ones of a queue", "queuectl dlq purge --queue etl"],
      ["What died more than a week ago", "queuectl dlq purge --where 'updated>7d' -y"],
    ],
  });

  yes = Option.Boolean("-y,--yes", false, { description: "do not ask" });

  override async run(client: Client): Promise<number> {
    const selector = await this.selector();
    const filter = deadOnly(selector);
    return changeJobs(
      this,
      client,
      { kind: "chosen", filter },
      {
        states: ["dead"],
        refuse: (job) => wrongState(job, "deleted"),
        hint: "only dead jobs are in the dead-letter queue",
        ...(selector === null && { nothing: "No dead jobs" }),
        apply: (jobs) => client.jobs.deleteMany(jobs),
        graphOrder: "children-first",
        sentence: ({ id }) => `Deleted job ${id}`,
        takenAlong: "buried",
        confirm: { command: "queuectl dlq purge", verb: "Delete", yes: this.yes, list: "queuectl dlq list" },
      },
    );
  }
}
