/** One act on several jobs: all are looked up and judged before the first is touched, so that nothing is half done. */
import type { Job } from "../../core/job.js";
import { jobToJson, type ResolvedJob } from "../../core/job-json.js";
import { allows, type JobState } from "../../core/state.js";
import type { Queue } from "../../queue.js";
import type { BaseCommand } from "../command.js";

interface Act {
  readonly allowed: (state: JobState) => boolean;
  /** What to throw for a job in another state. */
  readonly refuse: (job: Job) => Error;
  readonly apply: (id: string) => Promise<Job>;
  /** What to print. */
  readonly sentence: (job: Job) => string;
}

export async function changeJobs(
  command: BaseCommand,
  queue: Queue,
  references: readonly string[],
  act: Act,
): Promise<undefined> {
  const jobs = new Map<string, ResolvedJob>();
  for (const reference of references) {
    const job = await queue.get(reference);
    if (!act.allowed(job.state)) throw act.refuse(job);
    jobs.set(job.id, job);
  }
  const results = await Promise.allSettled([...jobs.keys()].map((id) => act.apply(id)));
  const changed = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  const failed = results.find((result) => result.status === "rejected");
  if (!command.json) for (const job of changed) command.print(act.sentence(job));
  if (failed) throw failed.reason;
  if (command.json) {
    const shown = changed.map((job) => jobToJson({ ...(jobs.get(job.id) as ResolvedJob), ...known(job) }));
    command.printJson(references.length === 1 ? shown[0] : shown);
  }
}

/** What the store's answer knows better than the job as it was; what is left to the configuration stays resolved. */
function known(job: Job): Partial<ResolvedJob> {
  const { maxRetries, timeoutMs, backoffBase, ...rest } = job;
  return rest;
}

export const canCancel = (state: JobState) => allows("cancel", state);
export const canRevive = (state: JobState) => allows("revive", state);
