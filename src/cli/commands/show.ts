import { attemptToJson, jobToJson } from "../../core/job-json.js";
import type { Queue } from "../../queue.js";
import { Command, Option } from "../clipanion.js";
import { QueueCommand } from "../command.js";
import { readTails } from "../output/tails.js";
import { showText } from "../render/job.js";
import { readRelations, relationsToJson } from "../render/relations.js";

export class ShowCommand extends QueueCommand {
  static override paths = [["show"]];
  static override usage = Command.Usage({
    description: "Everything about a job, with its attempts and the end of its output",
    examples: [["By its id, or a prefix that fits only one job", "queuectl show job1"]],
  });

  id = Option.String({ name: "ID" });

  override async run(queue: Queue): Promise<undefined> {
    const job = await queue.get(this.id);
    const attempts = await queue.attempts(job.id);
    const relations = await readRelations(queue, job.id);
    const now = Date.now();
    const tails = await readTails(queue, attempts.at(-1));
    if (this.json) {
      const history = attempts.map((attempt) => attemptToJson(attempt, now));
      this.printJson({ ...jobToJson(job), ...relationsToJson(relations), history, ...tails });
    } else this.print(await showText(job, attempts, relations, tails, now));
  }
}
