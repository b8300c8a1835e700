/** The common part of enqueue and run: the flags that describe one job, and the described job. */
import type { PreparedJob } from "../../core/job/spec.js";
import type { Client } from "../../queue/client.js";
import { prepareFromJson } from "../../queue/json-jobs.js";
import { inTermsOfFlags, type JobFlags, ONE_JOB_FLAGS, specFromFlags, taken } from "../input/job-flags.js";
import { Option } from "../parse/clipanion.js";
import { JobTemplateCommand } from "./job-template-command.js";

export abstract class JobCommand extends JobTemplateCommand {
  id = Option.String("--id", { description: "ID | the job's name; random by default" });
  replace = Option.Boolean("--replace", false, {
    description: "take the place of a job with this id, unless it is processing",
  });
  runAt = Option.String("--run-at", {
    description: "TIME | run it at this time at the earliest: 2030-01-31T08:00:00Z, or local 2030-01-31 08:00",
  });
  delay = Option.String("--delay", {
    description: "DURATION | run it after this much time at the earliest: 90s, 5m, 2h",
  });
  after = Option.Array("--after", {
    description:
      "ID[:ok|fail|any] | run it when that job has completed (failed, ended); may be repeated, all must hold",
  });
  onUnmet = Option.String("--on-unmet", {
    description: "bury|hold | if that can no longer happen: die as well, or stay blocked",
  });

  protected override flags(): JobFlags {
    return { ...super.flags(), ...taken(this, ONE_JOB_FLAGS) };
  }

  /** @throws UsageError in terms of the flags */
  protected prepare(client: Client, flags: JobFlags): PreparedJob {
    try {
      return prepareFromJson(client, specFromFlags(flags));
    } catch (error) {
      throw inTermsOfFlags(error, flags);
    }
  }
}
