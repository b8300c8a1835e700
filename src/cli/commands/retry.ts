import { wrongState } from "../../changed-job.js";
import { QueuectlError, UsageError } from "../../core/errors.js";
import type { Queue } from "../../queue.js";
import { Command, Option } from "../clipanion.js";
import { QueueCommand } from "../command.js";
import { canRevive, changeJobs } from "../input/change-jobs.js";
import { jobStates } from "../input/job-filter.js";

export class RetryCommand extends QueueCommand {
  static override paths = [["retry"]];
  static override usage = Command.Usage({
    description: "Run jobs that have ended once more, with the same id and history; attempts begin at 0 again",
    details: "With --json: the job, or a list if several are named.",
    examples: [
      ["One job", "queuectl retry job1"],
      ["All that are dead", "queuectl retry --state dead"],
    ],
  });

  ids = Option.Rest({ name: "ID" });
  states = Option.Array("--state", {
    description: "STATE | all that are dead, cancelled or completed; may be repeated",
  });
  queueName = Option.String("--queue", { description: "NAME | of those, only the ones of this queue" });

  override async run(queue: Queue): Promise<undefined> {
    return changeJobs(this, queue, await this.#chosen(queue), {
      allowed: canRevive,
      refuse: (job) => wrongState(job, "retried"),
      apply: (id) => queue.retry(id),
      sentence: ({ id }) => `Moved job ${id} back to the queue`,
    });
  }

  async #chosen(queue: Queue): Promise<readonly string[]> {
    if (this.ids.length > 0 && (this.states ?? this.queueName) !== undefined)
      throw new UsageError("ids and --state or --queue cannot be combined");
    if (this.ids.length > 0) return this.ids;
    if (!this.states)
      throw new UsageError("queuectl retry needs ID or --state", "for example: queuectl retry --state dead");
    const wrong = jobStates(this.states).find((state) => !canRevive(state));
    if (wrong) throw new UsageError(`--state is ${wrong}`, "only dead, cancelled and completed jobs can be run again");
    const filter = this.queueName === undefined ? {} : { queue: this.queueName };
    const jobs = await queue.list({ states: jobStates(this.states), ...filter });
    if (jobs.length === 0) throw new QueuectlError("not_found", "no job matches");
    return jobs.map(({ id }) => id);
  }
}
