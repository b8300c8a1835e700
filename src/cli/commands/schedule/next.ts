import { parseWhole } from "../../../core/text/number.js";
import { upcomingToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command, Option } from "../../parse/clipanion.js";
import { zonedText } from "../../render/schedule.js";
import { relativeTime } from "../../render/times.js";

export class ScheduleNextCommand extends QueueCommand {
  static override paths = [["schedule", "next"]];
  static override usage = Command.Usage({
    description: "Print the next times of a schedule, in its time zone",
    details: "With --json: a list of objects with at (UTC) and local (with the zone's distance from UTC).",
    examples: [["The next ten", "queuectl schedule next backup -n 10"]],
  });

  name = Option.String({ name: "NAME" });
  count = Option.String("-n,--count", { description: "N | number of times; default 5" });

  override async run(client: Client): Promise<undefined> {
    const count = this.count === undefined ? 5 : parseWhole(this.count, "-n", 1, 1000);
    const schedules = client.schedules;
    const schedule = await schedules.get(this.name);
    const { name, zone, paused } = schedule;
    const ticks = await schedules.next(name, count);
    const now = client.now();
    if (this.json) this.printJson(upcomingToJson(ticks, schedule));
    else for (const at of ticks) this.print(`${zonedText(at, zone)}  ${relativeTime(at, now)}`);
    if (paused) this.remark(`Schedule ${name} is paused`, `queuectl schedule resume ${name} resumes it`);
  }
}
