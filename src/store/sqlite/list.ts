/** Lists of jobs: the one statement that is put together from what is asked. */
import { type Expression, type Kysely, type SqlBool, sql } from "kysely";
import type { Job } from "../../core/job.js";
import type { JobFilter, JobOrder } from "../store.js";
import { toJob } from "./rows.js";
import type { JobTable, Schema } from "./schema.js";

interface Order {
  readonly column: keyof JobTable;
  readonly direction: "asc" | "desc";
}

const ORDERS: Readonly<Record<JobOrder, Order>> = {
  created: { column: "seq", direction: "asc" },
  updated: { column: "updated_at", direction: "asc" },
  run_at: { column: "run_at", direction: "asc" },
  priority: { column: "priority", direction: "desc" },
};

const OPPOSITE = { asc: "desc", desc: "asc" } as const;

export async function listJobs(db: Kysely<Schema>, filter: JobFilter): Promise<Job[]> {
  const { states, queue, tags = [], limit, order = "created", reverse = false } = filter;
  const { column, direction } = ORDERS[order];
  let query = db.selectFrom("jobs").selectAll();
  if (states !== undefined) query = query.where("state", "in", states);
  if (queue !== undefined) query = query.where("queue", "=", queue);
  if (tags.length > 0) query = query.where(hasTags(tags));
  query = query.orderBy(column, reverse ? OPPOSITE[direction] : direction).orderBy("seq", reverse ? "desc" : "asc");
  if (limit !== undefined) query = query.limit(limit);
  return (await query.execute()).map(toJob);
}

function hasTags(tags: readonly string[]): Expression<SqlBool> {
  return sql<SqlBool>`NOT EXISTS (
    SELECT value FROM json_each(${JSON.stringify(tags)}) EXCEPT SELECT value FROM json_each(jobs.tags))`;
}
