import { TRANSITIONS } from "../../core/job/state.js";
import { mentions } from "../../core/where/condition.js";
import type { Client } from "../../queue/client.js";
import { wrongState } from "../../queue/jobs/change-errors.js";
import { retryJobs } from "../actions/retry-jobs.js";
import { JobsCommand, type Selection } from "../base/jobs-command.js";
import { Command, Option } from "../parse/clipanion.js";

export class RetryCommand extends JobsCommand {
  static override paths = [["retry"]];
  static override usage = Command.Usage({
    description: "Run jobs that have ended once more, with the same id and history; attempts begin at 0 again",
    details:
      "Jobs are named, or chosen by flags; flags that say nothing of the state choose from the dead jobs. One that is " +
      "retried alone runs whatever it was to wait for; of several, each waits again for those of them that it was to wait for. " +
      "With --json: the job, or a list if several are named or flags choose them.",
    examples: [
      ["One job", "queuectl retry job1"],
      ["All that are dead", "queuectl retry --state dead"],
      [
        "Those that a full disk has killed",
        "queuectl retry --where 'last_error~\"No space\" and finished_at>2030-01-31T08:00:00Z'",
      ],
    ],
  });

  /** Nothing is lost by a retry, so nothing is asked; a script may say it to every verb. */
  yes = Option.Boolean("-y,--yes", false, { description: "do not ask; it never does" });

  override async run(client: Client): Promise<number> {
    return retryJobs(this, client, deadUnlessSaid(await this.selection()), {
      states: TRANSITIONS.revive.from,
      refuse: (job) => wrongState(job, "retried"),
      hint: "only dead, cancelled and completed jobs can be run again",
    });
  }
}

/** Who runs a whole queue or tag again means what went wrong, and not the thousand jobs that completed. */
function deadUnlessSaid(selection: Selection): Selection {
  if (selection.kind === "named") return selection;
  const { states, where } = selection.filter;
  if (states !== undefined || (where !== undefined && mentions(where, "state"))) return selection;
  return { ...selection, filter: { ...selection.filter, states: ["dead"] } };
}
