import { UsageError } from "../../../core/errors.js";
import { parseRate } from "../../../core/rate.js";
import type { Queue } from "../../../queue.js";
import type { QueueLimits } from "../../../store/store.js";
import { Command, Option } from "../../clipanion.js";
import { QueueCommand } from "../../command.js";
import { wholeNumber } from "../../input/values.js";
import { limitsText, limitsToJson } from "../../render/limits.js";

/** Takes a limit away. */
const NONE = "none";
const MOST = 1_000_000_000;

export class QueueSetCommand extends QueueCommand {
  static override paths = [["queue", "set"]];
  static override usage = Command.Usage({
    description: "Limit how many jobs of a queue run at a time, start within a time, or wait",
    details:
      "It holds for all workers together, from the next job on; what runs goes on. A limit that is not given stays as it is; " +
      "none takes it away. Where too many wait, enqueue fails with exit code 75.",
    examples: [
      ["Two at a time, and ten a minute", "queuectl queue set mail --concurrency 2 --rate 10/m"],
      ["Refuse more than a thousand that wait", "queuectl queue set mail --max-length 1000"],
      ["Without a rate again", "queuectl queue set mail --rate none"],
    ],
  });

  name = Option.String({ name: "NAME" });
  concurrency = Option.String("--concurrency", { description: "N|none | at most so many run at a time" });
  rate = Option.String("--rate", {
    description: "N/TIME|none | at most so many start within a time: 10/m, 3/s, 5/30s",
  });
  maxLength = Option.String("--max-length", { description: "N|none | at most so many wait" });

  override async run(queue: Queue): Promise<undefined> {
    const limits = await queue.limitQueue(this.name, this.#changes());
    if (this.json) this.printJson({ name: this.name, ...limitsToJson(limits) });
    else this.print(`Queue ${this.name}: ${limitsText(limits) || "no limits"}`);
  }

  /** @throws UsageError */
  #changes(): Partial<QueueLimits> {
    const { concurrency, rate, maxLength } = this;
    if (concurrency === undefined && rate === undefined && maxLength === undefined) {
      throw new UsageError("queuectl queue set needs a limit", "for example: --concurrency 2, --rate 10/m");
    }
    return {
      ...(concurrency !== undefined && { concurrency: limit(concurrency, "--concurrency") }),
      ...(rate !== undefined && { rate: rate === NONE ? null : parseRate(rate, "--rate") }),
      ...(maxLength !== undefined && { maxLength: limit(maxLength, "--max-length") }),
    };
  }
}

function limit(text: string, flag: string): number | null {
  return text === NONE ? null : wholeNumber(text, flag, 1, MOST);
}
