import { pausedToJson } from "../../../json/queue.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";

export class QueuePauseCommand extends QueueCommand {
  static override paths = [["queue", "pause"]];
  static override usage = Command.Usage({
    description: "Start no more jobs of a queue; running jobs go on, and new ones may be enqueued",
    examples: [["Until queuectl queue resume", "queuectl queue pause mail"]],
  });

  protected override readonly makesQueue = true;

  name = Option.String({ name: "NAME" });

  protected override async check(client: Client): Promise<void> {
    await client.queues.pause(this.name);
  }

  override async run(client: Client): Promise<undefined> {
    const changed = await client.queues.pause(this.name);
    if (this.json) this.printJson(pausedToJson(this.name, true, changed));
    else this.print(changed ? `Paused queue ${this.name}` : `Queue ${this.name} is paused already`);
    if (changed && !(await this.#hasJobs(client))) this.remark(`Queue ${this.name} has no jobs yet`);
  }

  /** A mistyped name is a queue like any other, so the command tells if it has no jobs. */
  async #hasJobs(client: Client): Promise<boolean> {
    const found = (await client.queues.list()).find(({ name }) => name === this.name);
    return Object.values(found?.jobs ?? {}).some((count) => count > 0);
  }
}
