/** A `where` as a condition on a row of `jobs AS job`. Names come from the tables here, values are bound. */
import { type RawBuilder, sql } from "kysely";
import type { Comparison, Condition, Field, Operator } from "../../../core/where/condition.js";

interface Context {
  /** Time from which ages count. */
  readonly now: number;
  readonly defaultMaxRetries?: number;
}

type Sql = RawBuilder<unknown>;

export function whereSql(condition: Condition, context: Context): Sql {
  switch (condition.kind) {
    case "not":
      return sql`NOT ${whereSql(condition.part, context)}`;
    case "compare":
      return comparisonSql(condition, context);
    default: {
      const parts = condition.parts.map((part) => whereSql(part, context));
      return sql`(${sql.join(parts, condition.kind === "and" ? sql` AND ` : sql` OR `)})`;
    }
  }
}

/** Never null, so that `not` turns it round. */
function comparisonSql({ field, operator, value }: Comparison, context: Context): Sql {
  const test = TESTS[operator];
  const right = typeof value === "number" ? sql`${value}::double precision` : sql`${value}::text`;
  const holds =
    field === "tag"
      ? sql`EXISTS (SELECT 1 FROM json_array_elements_text(job.tags) AS tag WHERE ${test.sql(sql`tag`, right)})`
      : sql`coalesce(${test.sql(COLUMNS[field](context), right)}, false)`;
  return test.negated ? sql`NOT ${holds}` : holds;
}

interface Test {
  readonly sql: (left: Sql, right: Sql) => Sql;
  /** Whether `sql` says the opposite. */
  readonly negated?: boolean;
}

const equals = (left: Sql, right: Sql) => sql`${left} = ${right}`;
const contains = (left: Sql, right: Sql) => sql`strpos(${left}, ${right}) > 0`;

const TESTS: Readonly<Record<Operator, Test>> = {
  "=": { sql: equals },
  "!=": { sql: equals, negated: true },
  "<": { sql: (left, right) => sql`${left} < ${right}` },
  "<=": { sql: (left, right) => sql`${left} <= ${right}` },
  ">": { sql: (left, right) => sql`${left} > ${right}` },
  ">=": { sql: (left, right) => sql`${left} >= ${right}` },
  "~": { sql: contains },
  "!~": { sql: contains, negated: true },
};

/** The words of a command without a shell are joined by spaces. */
const COMMAND = sql`
  (CASE json_typeof(job.command) WHEN 'string' THEN job.command #>> '{}' ELSE (
    SELECT string_agg(word, ' ' ORDER BY place)
    FROM json_array_elements_text(job.command) WITH ORDINALITY AS words (word, place)) END)`;

const column = (name: string) => () => sql.ref(`job.${name}`);

const COLUMNS: Readonly<Record<Exclude<Field, "tag">, (context: Context) => Sql>> = {
  state: column("state"),
  queue: column("queue"),
  id: column("id"),
  command: () => COMMAND,
  priority: column("priority"),
  attempts: column("attempts"),
  max_retries: ({ defaultMaxRetries }) => sql`coalesce(job.max_retries, ${defaultMaxRetries ?? null}::bigint)`,
  exit_code: column("exit_code"),
  signal: column("signal"),
  last_error: column("last_error"),
  schedule: () => sql`(job.options -> 'schedule' ->> 'name')`,
  limit_key: column("limit_key"),
  unique: column("unique_key"),
  policy: () => sql`(job.options ->> 'policy')`,
  duration: ({ now }) => sql`
    (CASE WHEN job.state = 'processing' THEN ${now}::bigint - job.started_at
      WHEN job.state IN ('completed', 'dead') THEN job.finished_at - job.started_at END)`,
  age: ({ now }) => sql`(${now}::bigint - job.created_at)`,
  updated: ({ now }) => sql`(${now}::bigint - job.updated_at)`,
  created_at: column("created_at"),
  updated_at: column("updated_at"),
  run_at: column("run_at"),
  started_at: column("started_at"),
  finished_at: column("finished_at"),
};
