import { ConflictError, QueuectlError, UsageError } from "../../../core/errors.js";
import type { Queue } from "../../../queue.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { changeJobs } from "../../input/change-jobs.js";

export class DlqRetryCommand extends QueueCommand {
  static override paths = [["dlq", "retry"]];
  static override usage = Command.Usage({
    description: "Move dead jobs back to the queue; their attempts begin at 0 again",
    details: "With --json: the job, or a list if several are named or --all is given.",
    examples: [
      ["One job", "queuectl dlq retry job1"],
      ["All of them", "queuectl dlq retry --all"],
    ],
  });

  ids = Option.Rest({ name: "ID" });
  all = Option.Boolean("--all", false, { description: "every dead job" });

  override async run(queue: Queue): Promise<undefined> {
    return changeJobs(this, queue, await this.#chosen(queue), {
      allowed: (state) => state === "dead",
      refuse: ({ id, state }) =>
        new ConflictError(`job ${id} is ${state}, not dead`, "queuectl dlq list shows the dead ones"),
      apply: (id) => queue.retry(id),
      sentence: ({ id }) => `Moved job ${id} back to the queue`,
    });
  }

  async #chosen(queue: Queue): Promise<readonly string[]> {
    if (this.all && this.ids.length > 0) throw new UsageError("--all and ids cannot be combined", "give one of them");
    if (this.ids.length > 0) return this.ids;
    if (!this.all)
      throw new UsageError("queuectl dlq retry needs ID or --all", "queuectl dlq list shows the dead jobs");
    const jobs = await queue.list({ states: ["dead"] });
    if (jobs.length === 0) throw new QueuectlError("not_found", "no job is dead");
    return jobs.map(({ id }) => id);
  }
}
