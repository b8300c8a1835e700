import type { JobState } from "../../../core/job/state.js";
import { humanDuration } from "../../../core/text/duration.js";
import { queueToJson } from "../../../json/queue.js";
import type { Client } from "../../../queue/client.js";
import type { QueueRecord } from "../../../queue/queues.js";
import { QueueCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";
import { asTyped } from "../../parse/typed-options.js";
import { limitsText } from "../../render/limits.js";
import { stateText, style } from "../../terminal/style.js";
import { type Column, renderTable } from "../../terminal/table.js";

export class QueueListCommand extends QueueCommand {
  static override paths = [["queue", "list"]];
  static override usage = Command.Usage({
    description: "List the queues: paused or not, jobs by state, longest wait",
    details:
      "A queue is listed if it has jobs, or was ever paused or limited. OLDEST is how long its oldest due job " +
      "has waited.",
    examples: [["For a script", "queuectl queue list --json"]],
  });

  override async run(client: Client): Promise<undefined> {
    const queues = await client.queues.list();
    const now = client.now();
    if (this.json) this.printJson(queues.map((record) => queueToJson(record, now)));
    else if (queues.length === 0)
      this.print(asTyped("No queues; a job creates its queue: queuectl enqueue --queue mail …"));
    else this.print(await renderTable(queueColumns(now), queues));
  }
}

const SHOWN_ORDER = ["pending", "processing", "failed", "dead", "completed", "cancelled", "blocked"] as const;
const ALWAYS_SHOWN: readonly string[] = ["pending", "processing", "failed", "dead", "completed"];

/** The states that a user with little room wants to see. */
const IMPORTANCE: Readonly<Partial<Record<JobState, number>>> = { pending: 7, processing: 6, dead: 5, failed: 4 };

export function queueColumns(now: number): Column<QueueRecord>[] {
  return [
    { title: "queue", value: ({ name }) => name, importance: 9 },
    {
      title: "paused",
      value: ({ paused }) => (paused ? "paused" : ""),
      paint: (text) => style.yellow(text),
      importance: 8,
    },
    ...SHOWN_ORDER.map(
      (state): Column<QueueRecord> => ({
        title: state,
        value: ({ jobs }) => String(jobs[state]),
        importance: IMPORTANCE[state] ?? 2,
        paint: (text, { jobs }) => (jobs[state] > 0 ? stateText(state, text) : style.dim(text)),
        inUse: (rows) => ALWAYS_SHOWN.includes(state) || rows.some(({ jobs }) => jobs[state] > 0),
      }),
    ),
    { title: "limits", value: ({ limits }) => limitsText(limits) },
    {
      title: "oldest",
      value: ({ oldestDueAt }) => (oldestDueAt === null ? "" : humanDuration(Math.max(0, now - oldestDueAt))),
    },
  ];
}
