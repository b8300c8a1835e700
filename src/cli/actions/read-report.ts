/** Reads the full report of a job, for `show` and for the end of `run --json`. */

import type { Report } from "../../json/jobs/report.js";
import { readTails } from "../../logs/tails.js";
import type { Client } from "../../queue/client.js";
import type { Job } from "../../queue/jobs/job.js";
import { readRelations } from "../../queue/jobs/relations.js";

export async function readReport(client: Client, job: Job): Promise<Report> {
  const attempts = await client.jobs.attempts(job.id);
  const relations = await readRelations(client.jobs, job.id);
  const tails = await readTails(client, attempts.at(-1));
  return { job, attempts, relations, tails, now: client.now() };
}
