import type { JobState } from "../../../core/job/state.js";
import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import type { Schedule } from "../../../queue/schedules.js";
import { QueueCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";
import { scheduleColumns } from "../../render/schedule.js";
import { renderTable } from "../../terminal/table.js";

export class ScheduleListCommand extends QueueCommand {
  static override paths = [["schedule", "list"]];
  static override usage = Command.Usage({
    description: "List the schedules, each with its next time and the state of its last job",
    examples: [["For a script", "queuectl schedule list --json"]],
  });

  override async run(client: Client): Promise<undefined> {
    const schedules = await client.schedules.list();
    const states = new Map<string, JobState>();
    const lastJobs = schedules.flatMap(({ lastJob }) => lastJob ?? []);
    for await (const { id, state } of client.jobs.each(lastJobs)) states.set(id, state);
    const stateOf = ({ lastJob }: Schedule) => (lastJob === null ? null : (states.get(lastJob) ?? null));
    if (this.json) this.printJson(schedules.map((one) => ({ ...scheduleToJson(one), last_state: stateOf(one) })));
    else if (schedules.length === 0) this.print("No schedules");
    else this.print(await renderTable(scheduleColumns(client.now(), stateOf), schedules));
  }
}
