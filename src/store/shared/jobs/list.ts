/** Lists of jobs: all at once, or the numbers of the jobs first and then the jobs page by page, without an open iterator. */
import { sql } from "kysely";
import type { Job } from "../../../core/job/job.js";
import type { GraphOrder, JobFilter } from "../../contract/store.js";
import type { Connection } from "../../sqlite/connection.js";
import { seqsOf } from "../../sqlite/seqs.js";
import { find, findAmong, findJobs } from "../../sqlite/statements/list-sql.js";
import { inGraphOrder } from "../graph/graph-order.js";
import { type JobRow, toJob } from "../rows.js";

export async function listJobs({ db, clock }: Connection, filter: JobFilter): Promise<Job[]> {
  const { rows } = await sql<JobRow>`${findJobs({ ...filter, now: clock.now() })}`.execute(db);
  return rows.map(toJob);
}

export async function countJobs({ db, clock }: Connection, filter: JobFilter): Promise<number> {
  const counted = sql<{ count: number }>`SELECT count(*) AS count FROM (${find({ ...filter, now: clock.now() })})`;
  return (await counted.execute(db)).rows[0]?.count ?? 0;
}

export async function* pagesOfJobs(
  connection: Connection,
  filter: JobFilter,
  size: number,
  graphOrder?: GraphOrder,
): AsyncGenerator<Job[]> {
  const { db, clock } = connection;
  const search = { ...filter, now: clock.now() };
  const found = await seqsOf(db, search);
  const oneByOne = graphOrder !== undefined && found.length > size;
  const seqs = oneByOne ? await inGraphOrder(db, found, search, graphOrder) : found;
  for (let from = 0; from < seqs.length; from += size) {
    const wanted = seqs.slice(from, from + size);
    const { rows } = await sql<JobRow>`${findAmong(JSON.stringify(wanted), search)}`.execute(db);
    // The revival of an earlier page may have brought these back already: they belong to the answer all the same.
    if (oneByOne && graphOrder === "parents-first") rows.push(...(await blockedAmong(db, wanted)));
    const jobs = new Map(rows.map((row) => [row.seq, toJob(row)]));
    yield wanted.map((seq) => jobs.get(seq)).filter((job) => job !== undefined);
  }
}

async function blockedAmong(db: Connection["db"], seqs: readonly number[]): Promise<JobRow[]> {
  const list = JSON.stringify(seqs);
  const found = sql<JobRow>`
    SELECT * FROM jobs NOT INDEXED WHERE seq IN (SELECT value FROM json_each(${list})) AND state = 'blocked'`;
  return (await found.execute(db)).rows;
}
