/** The flags of `schedule add` and `schedule edit`: when a schedule is due, and the job that it enqueues. */
import { UsageError } from "../../core/errors.js";
import type { JobSpecJson } from "../../core/job/spec.js";
import { CATCHUPS, OVERLAPS, type ScheduleSpec } from "../../core/schedule/schedule.js";
import { type JobFlags, keyOf, specFromFlags } from "../input/job-flags.js";
import { oneOf } from "../input/one-of.js";
import { Option } from "../parse/clipanion.js";
import { JobTemplateCommand } from "./job-template-command.js";

export abstract class ScheduleCommand extends JobTemplateCommand {
  name = Option.String({ name: "NAME" });
  cron = Option.String("--cron", { description: "EXPRESSION | when: minute hour day month weekday, or @daily" });
  tz = Option.String("--tz", { description: "ZONE | time zone of the expression; default: this machine's" });
  seconds = Option.Boolean("--seconds", false, {
    description: "the expression begins with a field for seconds",
  });
  overlap = Option.String("--overlap", {
    description:
      "skip|queue|allow | while its last job has not ended: leave the next one out (default), let it wait, run both",
  });
  catchup = Option.String("--catchup", {
    description: "none|latest|all | enqueue for missed times: no job, one (default), all (1000 at most)",
  });

  /** The given ones. */
  protected choices(): Partial<Pick<ScheduleSpec, "zone" | "overlap" | "catchup">> {
    return {
      ...(this.tz !== undefined && { zone: this.tz }),
      ...(this.overlap !== undefined && { overlap: oneOf(this.overlap, "--overlap", OVERLAPS) }),
      ...(this.catchup !== undefined && { catchup: oneOf(this.catchup, "--catchup", CATCHUPS) }),
    };
  }

  /** The given keys of the job. @param left ones to leave out */
  protected job(left: readonly string[] = []): JobSpecJson {
    const flags: JobFlags = Object.fromEntries(
      Object.entries(this.flags()).filter(([name]) => !left.includes(keyOf(name))),
    );
    if (flags.command !== undefined && flags.argv !== undefined)
      throw new UsageError("--command and a command after -- cannot be combined", "give one of them");
    return specFromFlags(flags);
  }
}
