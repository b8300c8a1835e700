/** The numbers of the jobs that a list has, in its order. */
import { type Kysely, sql } from "kysely";
import type { Search } from "../shared/graph/narrow.js";
import type { Schema } from "./schema.js";
import { find } from "./statements/list-sql.js";

/** Read as one text: a million rows of one number each would take ten times as much memory. */
export async function seqsOf(db: Kysely<Schema>, search: Search): Promise<number[]> {
  const found = sql<{ seqs: string }>`SELECT json_group_array(seq) AS seqs FROM (${find(search)})`;
  return JSON.parse((await found.execute(db)).rows[0]?.seqs ?? "[]");
}
