/** Lists of jobs: all at once, or the numbers of the jobs first and then the jobs page by page, without an open iterator. */
import { type Kysely, sql } from "kysely";
import type { Job } from "../../core/job.js";
import type { JobFilter } from "../store.js";
import { find, findJobs } from "./list-sql.js";
import { type JobRow, toJob } from "./rows.js";
import type { Schema } from "./schema.js";
import { statement } from "./statement.js";

export async function listJobs(db: Kysely<Schema>, filter: JobFilter): Promise<Job[]> {
  const { rows } = await sql<JobRow>`${findJobs(filter)}`.execute(db);
  return rows.map(toJob);
}

export async function* pagesOfJobs(db: Kysely<Schema>, filter: JobFilter, size: number): AsyncGenerator<Job[]> {
  // As one text: a million rows of one number each would take ten times as much memory.
  const found = sql<{ seqs: string }>`SELECT json_group_array(seq) AS seqs FROM (${find(filter)})`;
  const seqs: number[] = JSON.parse((await found.execute(db)).rows[0]?.seqs ?? "[]");
  for (let from = 0; from < seqs.length; from += size) {
    const wanted = seqs.slice(from, from + size);
    const rows = await jobsOfPage.all(db, { seqs: JSON.stringify(wanted) });
    const jobs = new Map(rows.filter((row) => matches(row, filter)).map((row) => [row.seq, toJob(row)]));
    yield wanted.map((seq) => jobs.get(seq)).filter((job) => job !== undefined);
  }
}

const jobsOfPage = statement<{ seqs: string }, JobRow>(
  (p) => sql`SELECT * FROM jobs WHERE seq IN (SELECT value FROM json_each(${p("seqs")}))`,
);

/** Queue and tags never change. */
function matches(row: JobRow, { states }: JobFilter): boolean {
  return states === undefined || states.includes(row.state);
}
