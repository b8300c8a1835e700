/** The full report of a job, for `show` and for the end of `run --json`. */
import type { Attempt, ResolvedJob } from "../../core/job/job.js";
import { attemptToJson } from "../../json/attempt.js";
import { jobToJson } from "../../json/job.js";
import { readTails } from "../../logs/tails.js";
import type { Client } from "../../queue/client.js";
import { showText } from "./job.js";
import { type Relations, readRelations, relationsToJson } from "./relations.js";

export class JobReport {
  readonly job: ResolvedJob;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  /** Time of the report, on the store's clock. Milliseconds. */
  readonly #now: number;
  readonly #relations: Relations;
  readonly #tails: Awaited<ReturnType<typeof readTails>>;

  private constructor(
    job: ResolvedJob,
    attempts: readonly Attempt[],
    now: number,
    relations: Relations,
    tails: Awaited<ReturnType<typeof readTails>>,
  ) {
    this.job = job;
    this.attempts = attempts;
    this.#now = now;
    this.#relations = relations;
    this.#tails = tails;
  }

  static async read(client: Client, job: ResolvedJob): Promise<JobReport> {
    const attempts = await client.attempts(job.id);
    const relations = await readRelations(client, job.id);
    const tails = await readTails(client, attempts.at(-1));
    return new JobReport(job, attempts, client.clock.now(), relations, tails);
  }

  toJson(): Record<string, unknown> {
    const history = this.attempts.map((attempt) => attemptToJson(attempt, this.#now));
    return { ...jobToJson(this.job), ...relationsToJson(this.#relations), history, ...this.#tails };
  }

  toText(): Promise<string> {
    return showText(this.job, [...this.attempts], this.#relations, this.#tails, this.#now);
  }
}
