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
    description: "Run ended jobs again, with the same id and history; attempts start at 0",
    details:
      "Name the jobs, or choose by flags. Flags without --state choose among the dead jobs. Retried together, " +
      "jobs keep the dependencies among themselves. Retried alone, a job ignores its dependencies. With --json: " +
      "the job, or a list if there are several ids or flags.",
    examples: [
      ["One job", "queuectl retry job1"],
      ["All that are dead", "queuectl retry --state dead"],
      [
        "All that a full disk killed",
        "queuectl retry --where 'last_error~\"No space\" and finished_at>2030-01-31T08:00:00Z'",
      ],
    ],
  });

  /** A retry loses nothing, so there is no question. The flag exists so that a script can pass it to every command. */
  yes = Option.Boolean("-y,--yes", false, { description: "accepted, but not needed: it never asks" });

  force = Option.Boolean("--force", false, {
    description: "also run a job that died because of a job before it, without that job",
  });

  override async run(client: Client): Promise<number> {
    return retryJobs(this, client, deadUnlessSaid(await this.selection()), {
      states: TRANSITIONS.revive.from,
      refuse: (job) => wrongState(job, "retried"),
      force: this.force,
      hint: "only dead, cancelled and completed jobs can be run again",
    });
  }
}

/** A user who retries a whole queue or tag means the jobs that went wrong, not the thousand that completed. */
function deadUnlessSaid(selection: Selection): Selection {
  if (selection.kind === "named") return selection;
  const { states, where } = selection.filter;
  if (states !== undefined || (where !== undefined && mentions(where, "state"))) return selection;
  return { ...selection, filter: { ...selection.filter, states: ["dead"] } };
}
