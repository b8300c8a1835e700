/**
 * Lists of jobs: all at once, or first the numbers of the jobs and then the jobs page by page, without an open
 * iterator.
 */
import type { Job } from "../../../core/job/job.js";
import type { GraphOrder, JobFilter } from "../../contract/store.js";
import type { Connection } from "../connection.js";
import { inGraphOrder } from "../graph/graph-order.js";
import { toJob } from "../rows.js";

export async function listJobs({ db, sql, clock }: Connection, filter: JobFilter): Promise<Job[]> {
  const rows = await sql.lists.find({ ...filter, now: clock.now() }).all(db, {});
  return rows.map(toJob);
}

export async function countJobs({ db, sql, clock }: Connection, filter: JobFilter): Promise<number> {
  return (await sql.lists.count({ ...filter, now: clock.now() }).one(db, {})).count;
}

export async function* pagesOfJobs(
  connection: Connection,
  filter: JobFilter,
  size: number,
  graphOrder?: GraphOrder,
): AsyncGenerator<Job[]> {
  const { db, sql, clock } = connection;
  const search = { ...filter, now: clock.now() };
  const found = await sql.lists.seqs(db, search);
  const oneByOne = graphOrder !== undefined && found.length > size;
  const seqs = oneByOne ? await inGraphOrder(connection, found, search, graphOrder) : found;
  for (let from = 0; from < seqs.length; from += size) {
    const wanted = seqs.slice(from, from + size);
    const rows = await sql.lists.findAmong(wanted, search).all(db, {});
    // An earlier page may have revived these already. They still belong to the answer.
    if (oneByOne && graphOrder === "parents-first")
      rows.push(...(await sql.lists.blockedAmong.all(db, { seqs: wanted })));
    const jobs = new Map(rows.map((row) => [row.seq, toJob(row)]));
    yield wanted.map((seq) => jobs.get(seq)).filter((job) => job !== undefined);
  }
}
