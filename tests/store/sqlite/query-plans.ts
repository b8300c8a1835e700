/** Records how SQLite means to find the rows of every statement that is prepared, on the connection that prepares it. */
import Sqlite from "better-sqlite3";
import { vi } from "vitest";

/** The steps of a select or of one of its subqueries, as EXPLAIN QUERY PLAN names them. */
export type Steps = readonly string[];

/** By the text of the statement; each select in it apart. */
export function recordPlans(): ReadonlyMap<string, readonly Steps[]> {
  const plans = new Map<string, readonly Steps[]>();
  const prepare = Sqlite.prototype.prepare;
  vi.spyOn(Sqlite.prototype, "prepare").mockImplementation(function (this: Sqlite.Database, sql: string) {
    const statement = prepare.call(this, sql);
    if (!plans.has(sql) && /^\s*(select|insert|update|delete|with)\b/i.test(sql)) {
      const parameters = new Array(sql.split("?").length - 1).fill(null);
      const steps = prepare.call(this, `EXPLAIN QUERY PLAN ${sql}`).all(parameters) as Step[];
      plans.set(sql, byParent(steps));
    }
    return statement;
  });
  return plans;
}

interface Step {
  readonly parent: number;
  readonly detail: string;
}

function byParent(steps: readonly Step[]): Steps[] {
  const parents = [...new Set(steps.map(({ parent }) => parent))];
  return parents.map((wanted) => steps.filter(({ parent }) => parent === wanted).map(({ detail }) => detail));
}
