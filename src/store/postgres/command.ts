import type { Query } from "../shared/work.js";

/** A statement without values. */
export function command(sql: string): Query {
  return { sql, parameters: [] };
}
