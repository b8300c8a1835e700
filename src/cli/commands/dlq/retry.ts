import { ConflictError, UsageError } from "../../../core/errors.js";
import type { Client } from "../../../queue/client.js";
import { meansAll } from "../../actions/means-all.js";
import { retryJobs } from "../../actions/retry-jobs.js";
import { JobsCommand, type Selection } from "../../base/jobs-command.js";
import { deadOnly, type Selector } from "../../base/selector-command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class DlqRetryCommand extends JobsCommand {
  static override paths = [["dlq", "retry"]];
  static override usage = Command.Usage({
    description: "Move dead jobs back to the queue; attempts start at 0",
    details: "With --json: the job, or a list if there are several ids or flags.",
    examples: [
      ["One job", "queuectl dlq retry job1"],
      ["All of them", "queuectl dlq retry --all"],
      ["All that died in the last hour", "queuectl dlq retry --where 'updated<1h'"],
    ],
  });

  all = Option.Boolean("--all", false, { description: "every dead job" });

  /** Accepted as in `queuectl retry`. */
  yes = Option.Boolean("-y,--yes", false, { description: "accepted, but not needed: it never asks" });

  force = Option.Boolean("--force", false, {
    description: "also run a job that died because of a job before it, without that job",
  });

  override async run(client: Client): Promise<number> {
    const selector = await this.selector();
    if (this.ids.length === 1 && (await meansAll(client, this.ids[0]))) [this.all, this.ids] = [true, []];
    return retryJobs(this, client, await this.#chosen(selector), {
      states: ["dead"],
      refuse: ({ id, state }) =>
        new ConflictError(`job ${id} is ${state}, not dead`, "queuectl dlq list shows the dead ones"),
      force: this.force,
      hint: "only dead jobs are in the dead-letter queue; queuectl retry takes others too",
      ...(selector === null && { nothing: "No dead jobs" }),
    });
  }

  async #chosen(selector: Selector | null): Promise<Selection> {
    if (this.all && this.ids.length > 0) throw new UsageError("--all and ids cannot be combined", "give one of them");
    if (this.all || (this.ids.length === 0 && selector !== null)) return { kind: "chosen", filter: deadOnly(selector) };
    if (this.ids.length > 0) return this.selection();
    throw new UsageError(
      "queuectl dlq retry needs ID or --all, or --queue, --tag or --where",
      "queuectl dlq list shows the dead jobs",
    );
  }
}
