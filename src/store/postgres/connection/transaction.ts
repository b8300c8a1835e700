/** What a transaction asks the server for at its beginning, and of its end if the answer to COMMIT was lost. */
import type { Query } from "../../shared/work.js";
import { TIMELINE } from "./timeline.js";

export interface Transaction {
  readonly number: string;
  readonly timeline: string;
}

/** One lock for each schema. Two schemas that share its number wait for each other, and nothing else happens. */
export function lockOf(schema: string): Query {
  return {
    sql: `SELECT pg_advisory_xact_lock(hashtext('queuectl'), hashtext($1)), pg_current_xact_id()::text AS number,
      ${TIMELINE} AS timeline, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`,
    parameters: [schema],
  };
}

/**
 * Null: the server does not know it. It is older than what the server remembers, or of another timeline, where the same
 * number may be another transaction's.
 */
export function statusOf({ number, timeline }: Transaction): Query {
  return {
    sql: `SELECT CASE WHEN $2 = ${TIMELINE} AND $1::xid8 < pg_snapshot_xmax(pg_current_snapshot())
      THEN pg_xact_status($1::xid8) END AS status`,
    parameters: [number, timeline],
  };
}
