/**
 * Lists of jobs: all at once, or first the numbers of the jobs and then the jobs page by page, without an open
 * iterator.
 */
import type { Job } from "../../../core/job/job.js";
import type { GraphOrder, JobFilter } from "../../contract/store.js";
import type { Connection } from "../connection.js";
import { inGraphOrder } from "../graph/graph-order.js";
import { toJob } from "../rows.js";

export async function listJobs(connection: Connection, filter: JobFilter): Promise<Job[]> {
  const { sql, clock } = connection;
  const rows = await connection.run(sql.lists.find({ ...filter, now: clock.now() }).all({}));
  return rows.map(toJob);
}

export async function countJobs(connection: Connection, filter: JobFilter): Promise<number> {
  const { sql, clock } = connection;
  return (await connection.run(sql.lists.count({ ...filter, now: clock.now() }).one({}))).count;
}

export async function* pagesOfJobs(
  connection: Connection,
  filter: JobFilter,
  size: number,
  graphOrder?: GraphOrder,
): AsyncGenerator<Job[]> {
  const { sql, clock } = connection;
  const search = { ...filter, now: clock.now() };
  const found = await connection.run(sql.lists.seqs(search));
  const oneByOne = graphOrder !== undefined && found.length > size;
  const seqs = oneByOne ? await connection.run(inGraphOrder(connection, found, search, graphOrder)) : found;
  for (let from = 0; from < seqs.length; from += size) {
    const wanted = seqs.slice(from, from + size);
    const rows = await connection.run(sql.lists.findAmong(wanted, search).all({}));
    // An earlier page may have revived these already. They still belong to the answer.
    if (oneByOne && graphOrder === "parents-first")
      rows.push(...(await connection.run(sql.lists.blockedAmong.all({ seqs: wanted }))));
    const jobs = new Map(rows.map((row) => [row.seq, toJob(row)]));
    yield wanted.map((seq) => jobs.get(seq)).filter((job) => job !== undefined);
  }
}
